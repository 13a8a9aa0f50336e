"""Tell what each further encoder gains, and what the best pair leaves to the full set.

    best gain(k) = max over |A| = k of S(A) - max over |A| = k - 1 of S(A)
    mean gain(k) = mean over |A| = k of S(A) - mean over |A| = k - 1 of S(A)
    best pair against full       = max over pairs of S - S(F)
    two highest Capacities       = S of the pair of the two best singles - max over pairs of S, at most 0

Points of 100. The largest of several noisy scores is too high: its *optimism* is the mean over the draws r of
S_r(best in r) - S(best in r), what the winner of a draw owes to luck (Efron, JASA 1983), to be taken off the value;
where the winner is what is subtracted, it is negative.
Sources: the claims of arXiv 2606.03879, abstract.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse import masks
from harness.analyse.capacity import capacity
from harness.analyse.masks import Values
from harness.analyse.number import Number, number

PAIR = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """Hold a number about a subset that was chosen by its score: which, how often the draws choose it, its optimism."""

    mask: int
    number: Number
    share: float | None
    optimism: float | None

    def plain(self) -> dict[str, Any]:
        """Return JSON values, but for the subset's name."""
        return {**self.number.plain(), "chosen_share": self.share, "optimism": self.optimism}


def best_gain(scores: Values, size: int) -> Values:
    """Return the best of a size less the best of one less, (...)."""
    n = masks.pool_size(scores)
    return scores[..., masks.of_size(n, size)].max(axis=-1) - scores[..., masks.of_size(n, size - 1)].max(axis=-1)


def mean_gain(scores: Values, size: int) -> Values:
    """Return the mean of a size less the mean of one less, (...)."""
    n = masks.pool_size(scores)
    return scores[..., masks.of_size(n, size)].mean(axis=-1) - scores[..., masks.of_size(n, size - 1)].mean(axis=-1)


def best_pair_against_full(scores: Values) -> Chosen | None:
    """Compare the best pair with the full set over draws (1 + R, 2^n); None where a pair or the full set is missing."""
    pairs = masks.of_size(masks.pool_size(scores), PAIR)
    return chosen(scores, pairs, scores[:, -1]) if np.isfinite(scores[0, [*pairs, -1]]).all() else None


def two_best_singles(scores: Values) -> Chosen | None:
    """Compare the pair of the two highest Capacities with the best pair over draws (1 + R, 2^n)."""
    n = masks.pool_size(scores)
    pairs = masks.of_size(n, PAIR)
    if not np.isfinite(scores[0, [*masks.singles(n), *pairs]]).all():
        return None
    pair = (1 << np.argsort(-capacity(scores), axis=-1, kind="stable")[:, :PAIR]).sum(axis=-1)
    behind = np.take_along_axis(scores, pair[:, None], axis=-1)[:, 0] - scores[:, pairs].max(axis=-1)
    share = float((pair[1:] == pair[0]).mean()) if len(scores) > 1 else None
    luck = chosen(scores, pairs, scores[:, -1]).optimism
    return Chosen(int(pair[0]), number(behind), share, None if luck is None else -luck)


def chosen(scores: Values, candidates: masks.Places, against: Values) -> Chosen:
    """Compare the best of some candidates with other scores, over draws (1 + R, 2^n) and (1 + R)."""
    best = candidates[scores[:, candidates].argmax(axis=-1)]
    reached = np.take_along_axis(scores, best[:, None], axis=-1)[:, 0]
    if len(scores) == 1:
        return Chosen(int(best[0]), number(reached - against), None, None)
    optimism = float((reached[1:] - scores[0, best[1:]]).mean())
    return Chosen(int(best[0]), number(reached - against), float((best[1:] == best[0]).mean()), optimism)
