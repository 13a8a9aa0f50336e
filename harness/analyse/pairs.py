"""Find the best pair without training pairs: order them by what singles, ranks and cheap probes say.

Each finder gives a pair (i, j) a number from what is known of its members, or of both before any training, by a rule
fixed beforehand: ten pairs are too few to fit one.

    better_of_two     mean over benchmarks b of max(S_b({i}), S_b({j})): what a router between two singles would reach
    two_best_singles  C(i) + C(j): the pair of the two highest Capacities comes first
    rank              r_i + r_j, of effective ranks; and the same of every other probe of an encoder
    readout           R^2({i, j}), what both read out together, untrained (`readouts.py`); it knows what they share
    all_together      mean place among the pairs by better_of_two, rank, the probes and readout

A finder is judged by Kendall's tau against the exhaustive table of pairs and by its regret,
max over pairs of S - S(the finder's first pair), points of 100; chance has the mean regret over all pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy.stats import rankdata

from harness.analyse.masks import Values
from harness.analyse.number import Number, number
from harness.analyse.rankings import kendall_tau

READOUT = "readout"


@dataclass(frozen=True, slots=True)
class Finder:
    """Hold how well one rule orders the pairs: its first pair, tau and regret with their intervals."""

    first: tuple[int, int] | None
    tau: Number
    regret: Number

    def plain(self) -> dict[str, Any]:
        """Return JSON values, but for the pair's name."""
        return {"kendall_tau": self.tau.plain(), **self.regret.plain()}


def predictions(singles: Values, traits: Mapping[str, Values], readouts: Values | None = None) -> dict[str, Values]:
    """Give every finder's numbers, (1 + R, pairs), from singles (1 + R, B, n) and traits of encoders, each (n).

    `readouts` are those of the pairs, (pairs), in the order of their members' places.
    """
    one, two = np.array(list(combinations(range(singles.shape[-1]), 2))).T
    mean = singles.mean(axis=1)
    found = {
        "better_of_two": np.maximum(singles[..., one], singles[..., two]).mean(axis=1),
        "two_best_singles": mean[:, one] + mean[:, two],
    }
    known = {name: trait[one] + trait[two] for name, trait in traits.items()}
    if readouts is not None:
        known[READOUT] = readouts
    own = {name: np.broadcast_to(numbers, (len(singles), len(one))) for name, numbers in known.items()}
    together = [rankdata(numbers, axis=-1) for name, numbers in (found | own).items() if name != "two_best_singles"]
    return found | own | {"all_together": np.mean(together, axis=0)}


def judge(predicted: Values, truth: Values) -> Finder:
    """Hold a finder's numbers against the scores of the pairs, both (1 + R, pairs)."""
    pairs = list(combinations(range(_members(truth.shape[-1])), 2))
    first = predicted.argmax(axis=-1)
    regret = truth.max(axis=-1) - np.take_along_axis(truth, first[:, None], axis=-1)[:, 0]
    return Finder(pairs[int(first[0])], number(kendall_tau(predicted, truth)), number(regret))


def by_chance(truth: Values) -> Finder:
    """Return the expected regret of a pair drawn at random; its order has tau 0 on average."""
    return Finder(None, Number(0.0, 0.0, 0.0), number(truth.max(axis=-1) - truth.mean(axis=-1)))


def find_pairs(
    singles: Values, truth: Values, traits: Mapping[str, Values], readouts: Values | None = None
) -> dict[str, Finder]:
    """Judge every finder and chance; none where a single or a pair has no score."""
    if not (np.isfinite(singles[0]).all() and np.isfinite(truth[0]).all()):
        return {}
    judged = {name: judge(predicted, truth) for name, predicted in predictions(singles, traits, readouts).items()}
    return judged | {"random": by_chance(truth)}


def _members(pairs: int) -> int:
    return int((1 + np.sqrt(1 + 8 * pairs)) / 2)
