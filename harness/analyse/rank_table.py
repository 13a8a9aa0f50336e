"""Read the effective rank of encoders before and after training: `encoder,trained,rank`, a measurement a row.

`trained` names the subset that the encoder was trained with, `none` the encoder as it was pre-trained; where they are
given, `seed` (several are averaged), `cap` (min(tokens, channels), by which a rank becomes a share), `training` (the
digest of the training) and `variant` and `centred`. Ranks of two choices of these do not compare: of a file that holds
several, the default (Roy and Vetterli, not centred) is taken, and the residual alone is told for each.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path

from harness.analyse.ranks import Ranks
from harness.errors import InvalidEvidence, UnknownName

SIZE_LIMIT = 16 * 2**20
NEEDED = ("encoder", "trained", "rank")
# A rank that reaches its cap may lie above it by the rounding of its sum.
ROUNDING = 1e-9
Choice = tuple[str, str]
DEFAULT: Choice = ("roy_vetterli", "no")
UNSTATED: Choice = ("variant not stated", "not stated")


def read(path: Path, pool: Sequence[str], trainings: Collection[str] = ()) -> Ranks:
    """Read the ranks of a pool; where `trainings` are given, rows of any other training are left out and named.

    Raises:
        InvalidEvidence: the file is absent, too large or no such table, a rank is below 1 or above its cap, several
            variants without the default, one measurement stands twice, or an encoder has no part in what was trained.
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
    by_choice: dict[Choice, dict[tuple[str, int], dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    caps: dict[str, float] = {}
    foreign: set[str] = set()
    for line, row in enumerate(rows, start=2):
        where = f"{path}, line {line}"
        encoder, seed, training = _text(row, "encoder"), _text(row, "seed") or "0", _text(row, "training")
        key = encoder, _mask(encoder, _text(row, "trained"), pool, where)
        if trainings and training and training not in trainings:
            foreign.add(training)
            continue
        found = by_choice[_text(row, "variant") or UNSTATED[0], _text(row, "centred") or UNSTATED[1]][key]
        if seed in found:
            raise InvalidEvidence(f"{where}: {encoder} trained in {_text(row, 'trained')}, seed {seed}, stands twice")
        found[seed] = _number(_text(row, "rank"), f"{where}, rank")
        if cap := _text(row, "cap"):
            caps[encoder] = _number(cap, f"{where}, cap")
            if found[seed] > caps[encoder] * (1 + ROUNDING):
                raise InvalidEvidence(f"{where}: a rank of {found[seed]:g} lies above its cap, {cap}")
    problems = (f"ranks of {len(foreign)} trainings that are not this table's play no part",) if foreign else ()
    if foreign and not any(mask for values in by_choice.values() for _, mask in values):
        # Ranks before training are those of the weights that these trainings began with, not of this table's.
        return Ranks(tuple(pool), _written(DEFAULT), {}, {}, problems=problems)
    ranks = {
        choice: Ranks(
            tuple(pool), _written(choice), {key: tuple(seeds.values()) for key, seeds in values.items()}, caps
        )
        for choice, values in by_choice.items()
    }
    chosen = next(iter(ranks)) if len(ranks) == 1 else DEFAULT
    if chosen not in ranks:
        told = "; ".join(_written(choice) for choice in sorted(ranks))
        raise InvalidEvidence(f"{path} holds no ranks of {_written(DEFAULT)}, and others do not compare: {told}")
    others = {one.variant: one for choice, one in ranks.items() if choice != chosen}
    return replace(ranks[chosen], others=others, problems=problems)


def _written(choice: Choice) -> str:
    return f"{choice[0]}, centred: {choice[1]}"


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
