"""Read the effective rank of encoders before and after training: `encoder,trained,rank`, a measurement a row.

`trained` names the subset that the encoder was trained with, `none` the encoder as it was pre-trained; where they are
given, `seed` (several are averaged), `cap` (min(tokens, channels), by which a rank becomes a share) and `variant` and
`centred`, which must be one choice for the whole file: ranks of two variants do not compare.

    before = erank(i; pre-trained),  solo = erank(i; trained on {i}),  joint = erank(i; trained on the pool)
    change = after / before                      `survives` within a twentieth of 1, else `expands` or `shrinks`

Which reference arXiv 2606.03879 means by "survives" and "expands" is not public, so all three ratios are given. Ranks
are averaged as logarithms, and an interval is Student's, over two or more seeds; a ratio's word is kept back where its
interval holds another. A subset's rank is the sum over its members as they are after training in it.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from scipy import stats

from harness.analyse import masks
from harness.analyse.masks import Values
from harness.analyse.number import HIGH, Number
from harness.analyse.rank_change import Word, named
from harness.errors import InvalidEvidence, UnknownName

SIZE_LIMIT = 16 * 2**20
NEEDED = ("encoder", "trained", "rank")
Change = Literal["solo_from_before", "joint_from_solo", "joint_from_before"]
CHANGES: tuple[Change, ...] = get_args(Change)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Hold ranks by encoder and by mask of the subset it was trained in (0: before), one number a seed, and caps."""

    pool: tuple[str, ...]
    variant: str
    values: Mapping[tuple[str, int], tuple[float, ...]]
    caps: Mapping[str, float]

    def rank(self, encoder: str, mask: int) -> Number:
        """Return an encoder's rank after training in a subset, empty where it is not known."""
        return _mean([log(value) for value in self.values.get((encoder, mask), ())])

    def ratio(self, encoder: str, after: int, before: int) -> Number:
        """Return rank over rank; its interval, over seeds, needs as many of them on the side that has fewer."""
        sides = [[log(value) for value in self.values.get((encoder, mask), ())] for mask in (after, before)]
        if not all(sides):
            return Number(None)
        # Before training there is one measurement without noise; trained on both sides, seeds are not paired.
        middle = float(np.mean(sides[0]) - np.mean(sides[1]))
        noisy = [side for side, mask in zip(sides, (after, before), strict=True) if mask]
        if any(len(side) < 2 for side in noisy):
            return Number(exp(middle))
        error = float(np.sqrt(sum(np.var(side, ddof=1) / len(side) for side in noisy)))
        reach = float(stats.t.ppf(HIGH, min(len(side) for side in noisy) - 1)) * error
        return Number(exp(middle), exp(middle - reach), exp(middle + reach))

    def of_subsets(self) -> Values:
        """Return every mask's sum over its members as they are after training in it, (2^n), NaN where one lacks."""
        n = len(self.pool)
        found = np.full(2**n, np.nan)
        for mask in range(1, 2**n):
            members = [self.rank(name, mask).value for at, name in enumerate(self.pool) if mask >> at & 1]
            if all(value is not None for value in members):
                found[mask] = sum(value for value in members if value is not None)
        return found

    def known_before_pairs(self) -> dict[str, Values]:
        """Return, in pool order, the ranks that need no training of pairs, where all encoders have them."""
        found = {}
        for name, masks_ in (("rank_before", [0] * len(self.pool)), ("rank_solo", masks.singles(len(self.pool)))):
            values = [self.rank(one, int(mask)).value for one, mask in zip(self.pool, masks_, strict=True)]
            if all(value is not None for value in values):
                found[name] = np.array(values, dtype=np.float64)
        return found

    def plain(self) -> dict[str, Any]:
        """Return JSON values: rank and share of the cap at each station, and what changes."""
        everything = masks.full(len(self.pool))
        ranks: dict[str, Any] = {}
        changed: dict[str, Any] = {}
        for place, name in enumerate(self.pool):
            at = {"before": 0, "solo": 1 << place, "joint": everything}
            ranks[name] = {key: self._station(name, mask) for key, mask in at.items()}
            steps = ((at["solo"], at["before"]), (at["joint"], at["solo"]), (at["joint"], at["before"]))
            changed[name] = {key: _worded(self.ratio(name, *step)) for key, step in zip(CHANGES, steps, strict=True)}
        return {"effective_rank": ranks, "rank_change": changed, "rank_variant": self.variant}

    def _station(self, name: str, mask: int) -> dict[str, Any]:
        rank = self.rank(name, mask)
        share = rank.value / self.caps[name] if rank.value is not None and name in self.caps else None
        return {**rank.plain(), "share_of_cap": share}


def read(path: Path, pool: Sequence[str]) -> Ranks:
    """Read the ranks of a pool.

    Raises:
        InvalidEvidence: the file is absent, too large or no such table, a rank is below 1 or above its cap, two rows
            are of different variants, one measurement stands twice, or an encoder has no part in what was trained.
        UnknownName: an encoder that the pool does not have.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; a table of ranks was expected")
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidEvidence(f"{path} is no readable table: {error}") from error
    if not rows or not set(NEEDED) <= set(rows[0]):
        raise InvalidEvidence(f"{path} needs the columns {', '.join(NEEDED)} and at least one row")
    found: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    caps: dict[str, float] = {}
    variants = set()
    for line, row in enumerate(rows, start=2):
        where = f"{path}, line {line}"
        encoder, seed = _text(row, "encoder"), _text(row, "seed") or "0"
        key = encoder, _mask(encoder, _text(row, "trained"), pool, where)
        if seed in found[key]:
            raise InvalidEvidence(f"{where}: {encoder} trained in {_text(row, 'trained')}, seed {seed}, stands twice")
        found[key][seed] = _number(_text(row, "rank"), f"{where}, rank")
        if cap := _text(row, "cap"):
            caps[encoder] = _number(cap, f"{where}, cap")
            if found[key][seed] > caps[encoder]:
                raise InvalidEvidence(f"{where}: a rank of {found[key][seed]:g} lies above its cap, {cap}")
        variants.add((_text(row, "variant") or "variant not stated", _text(row, "centred") or "not stated"))
    if len(variants) > 1:
        told = "; ".join(f"{variant} (centred: {centred})" for variant, centred in sorted(variants))
        raise InvalidEvidence(f"{path} mixes ranks that do not compare: {told}. Give one variant a file")
    ((variant, centred),) = variants
    values = {key: tuple(seeds.values()) for key, seeds in found.items()}
    return Ranks(tuple(pool), f"{variant}, centred: {centred}", values, caps)


def _text(row: Mapping[str, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def _mask(encoder: str, trained: str, pool: Sequence[str], where: str) -> int:
    if encoder not in pool:
        raise UnknownName("encoder", encoder, pool)
    if trained == "none":
        return 0
    members = list(pool) if trained == "all" else [name.strip() for name in trained.split("+")]
    for name in members:
        if name not in pool:
            raise UnknownName("encoder", name, pool)
    if encoder not in members:
        raise InvalidEvidence(f"{where}: {encoder} is no member of {trained or 'nothing'}; 'none' is before training")
    return sum(1 << pool.index(name) for name in set(members))


def _number(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or value < 1:
        raise InvalidEvidence(f"{where}: '{text}' is no effective rank, which is a number of 1 or more")
    return value


def _mean(logs: Sequence[float]) -> Number:
    if not logs:
        return Number(None)
    middle = float(np.mean(logs))
    if len(logs) < 2:
        return Number(exp(middle))
    reach = float(stats.t.ppf(HIGH, len(logs) - 1) * np.std(logs, ddof=1) / np.sqrt(len(logs)))
    return Number(exp(middle), exp(middle - reach), exp(middle + reach))


def _worded(ratio: Number) -> dict[str, Any]:
    if ratio.value is None:
        return {**ratio.plain(), "word": None}
    ends = [end for end in (ratio.value, ratio.low, ratio.high) if end is not None]
    words: set[Word] = {named(end) for end in ends}
    return {**ratio.plain(), "word": words.pop() if len(words) == 1 else "undecided"}
