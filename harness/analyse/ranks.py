"""Hold the effective ranks of a pool before and after training, and tell how they change.

    before = erank(i; pre-trained),  solo = erank(i; trained on {i}),  joint = erank(i; trained on the pool)
    change = after / before                      `survives` within a twentieth of 1, else `expands` or `shrinks`

Which reference arXiv 2606.03879 means by "survives" and "expands" is not public, so all three ratios are given, and for
every pair that of its members, trained together over trained alone.

Ranks are averaged as logarithms. The noise between trainings is pooled over all encoders and subsets that have two or
more seeds, as that of the scores is (`replicates.py`): with s^2 the variance of their logarithms and nu its degrees of
freedom, a mean of m seeds is uncertain by t(nu) s / sqrt(m), so that a subset trained once has an interval too. Before
training there is no such noise. A ratio's word is kept back where its interval holds another. A subset's rank is the
sum over its members as they are after training in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import exp
from typing import Any, Literal, get_args

import numpy as np
from scipy import stats

from harness.analyse import masks
from harness.analyse.masks import Values
from harness.analyse.number import HIGH, Number
from harness.analyse.rank_change import Word, named

Change = Literal["solo_from_before", "joint_from_solo", "joint_from_before"]
CHANGES: tuple[Change, ...] = get_args(Change)
FEWEST_SEEDS = 2
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Hold ranks by encoder and by mask of the subset it was trained in (0: before), one number a seed, and caps."""

    pool: tuple[str, ...]
    variant: str
    values: Mapping[tuple[str, int], tuple[float, ...]]
    caps: Mapping[str, float]
    others: Mapping[str, "Ranks"] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def noise(self) -> tuple[float, int]:
        """Return the standard deviation of a training's log rank, and its degrees of freedom; 0 and 0 for none."""
        groups = [np.log(seeds) for (_, mask), seeds in self.values.items() if mask and len(seeds) >= FEWEST_SEEDS]
        freedom = sum(len(one) - 1 for one in groups)
        if not freedom:
            return 0.0, 0
        return float(np.sqrt(sum(((one - one.mean()) ** 2).sum() for one in groups) / freedom)), freedom

    def rank(self, encoder: str, mask: int) -> Number:
        """Return an encoder's rank after training in a subset, empty where it is not known."""
        return self._number([(encoder, mask)])

    def ratio(self, encoder: str, after: int, before: int) -> Number:
        """Return rank over rank, empty where one is not known."""
        return self._number([(encoder, after), (encoder, before)])

    def of_subsets(self) -> Values:
        """Return every mask's sum over its members as they are after training in it, (2^n), NaN where one lacks."""
        n = len(self.pool)
        found = np.full(2**n, np.nan)
        for mask in range(1, 2**n):
            members = [self._middle(name, mask) for at, name in enumerate(self.pool) if mask >> at & 1]
            if all(value is not None for value in members):
                found[mask] = sum(exp(value) for value in members if value is not None)
        return found

    def known_before_pairs(self) -> dict[str, Values]:
        """Return, in pool order, the ranks that need no training of pairs, where all encoders have them."""
        found = {}
        for name, masks_ in (("rank_before", [0] * len(self.pool)), ("rank_solo", masks.singles(len(self.pool)))):
            values = [self._middle(one, int(mask)) for one, mask in zip(self.pool, masks_, strict=True)]
            if all(value is not None for value in values):
                found[name] = np.exp(np.array(values, dtype=np.float64))
        return found

    def plain(self) -> Plain:
        """Return JSON values: rank and share of the cap at each station, and what changes."""
        everything = masks.full(len(self.pool))
        ranks: Plain = {}
        changed: Plain = {}
        for place, name in enumerate(self.pool):
            at = {"before": 0, "solo": 1 << place, "joint": everything}
            ranks[name] = {key: self._station(name, mask) for key, mask in at.items()}
            steps = ((at["solo"], at["before"]), (at["joint"], at["solo"]), (at["joint"], at["before"]))
            changed[name] = {key: _worded(self.ratio(name, *step)) for key, step in zip(CHANGES, steps, strict=True)}
        return {
            "effective_rank": ranks,
            "rank_change": changed,
            "pair_rank_change": self._of_pairs(),
            "rank_variant": self.variant,
        }

    def _of_pairs(self) -> Plain:
        """Return the ratio of each member of a pair, trained in the pair over trained alone, where both are known."""
        found: Plain = {}
        for pair in combinations(range(len(self.pool)), 2):
            mask, names = sum(1 << at for at in pair), [self.pool[at] for at in pair]
            ratios = {name: self.ratio(name, mask, 1 << at) for name, at in zip(names, pair, strict=True)}
            if all(ratio.value is not None for ratio in ratios.values()):
                found["+".join(names)] = {name: _worded(ratio) for name, ratio in ratios.items()}
        return found

    def _middle(self, encoder: str, mask: int) -> float | None:
        seeds = self.values.get((encoder, mask))
        return float(np.mean(np.log(seeds))) if seeds else None

    def _number(self, at: list[tuple[str, int]]) -> Number:
        """Return the rank at the first place, over that at the second where there is one."""
        middles = [self._middle(*place) for place in at]
        if any(middle is None for middle in middles):
            return Number(None)
        first, *rest = (middle for middle in middles if middle is not None)
        value = first - sum(rest)
        deviation, freedom = self.noise()
        share = sum(1 / len(self.values[place]) for place in at if place[1])
        if not freedom or not share:
            return Number(exp(value))
        reach = float(stats.t.ppf(HIGH, freedom)) * deviation * share**0.5
        return Number(exp(value), exp(value - reach), exp(value + reach))

    def _station(self, name: str, mask: int) -> Plain:
        rank = self.rank(name, mask)
        share = rank.value / self.caps[name] if rank.value is not None and name in self.caps else None
        return {**rank.plain(), "share_of_cap": share}


def _worded(ratio: Number) -> Plain:
    if ratio.value is None:
        return {**ratio.plain(), "word": None}
    words: set[Word] = {named(end) for end in (ratio.value, ratio.low, ratio.high) if end is not None}
    return {**ratio.plain(), "word": words.pop() if len(words) == 1 else "undecided"}
