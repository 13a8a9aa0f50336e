"""Compare two orders of the same things, such as the encoders by masking and by retraining.

    tau-b = sum over pairs of sign(x_a - x_b) sign(y_a - y_b) / sqrt(pairs untied in x  *  pairs untied in y)

Kendall's tau (Biometrika 1938; tau-b for ties, 1945) is 1 for equal orders, -1 for opposite ones and undefined where
all of x or all of y are tied. *Top-1 agreement*: both have the same first; a tie for the first agrees with nothing.
*Win probability*: the share of draws in which a is above b, ties counted half.

The statement that the orders differ, "including which encoder ranks first overall", is arXiv 2606.03879's.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from harness.analyse.masks import Values
from harness.analyse.number import Number, number

FEWEST = 2
DRAWS_A_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hold tau with its interval, whether the firsts agree, and in which share of the draws they do."""

    tau: Number
    same_first: bool | None
    same_first_share: float | None

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {**self.tau.plain(), "same_first": self.same_first, "same_first_share": self.same_first_share}


def kendall_tau(x: Values, y: Values) -> Values:
    """Return tau-b along the last axis, NaN where one side is all ties or anything is NaN."""
    n = x.shape[-1]
    one, two = np.array(list(combinations(range(n), 2)), dtype=np.intp).reshape(-1, 2).T
    signs = [np.sign(side[..., one] - side[..., two]) for side in (x, y)]
    untied = np.sqrt((signs[0] ** 2).sum(axis=-1) * (signs[1] ** 2).sum(axis=-1))
    agreeing = (signs[0] * signs[1]).sum(axis=-1)
    return np.divide(agreeing, untied, out=np.full(np.shape(agreeing), np.nan), where=untied > 0)


def same_first(x: Values, y: Values) -> Values:
    """Return 1 where both have one largest member and it is the same, else 0; NaN where anything is NaN."""
    alone = [(side == side.max(axis=-1, keepdims=True)).sum(axis=-1) == 1 for side in (x, y)]
    same = alone[0] & alone[1] & (x.argmax(axis=-1) == y.argmax(axis=-1))
    return np.where(np.isfinite(x).all(axis=-1) & np.isfinite(y).all(axis=-1), same, np.nan)


def agreement(x: Values, y: Values) -> Agreement:
    """Compare two orders over draws (1 + R, items); the first row is the table itself."""
    if x.shape[-1] < FEWEST or not (np.isfinite(x[0]).all() and np.isfinite(y[0]).all()):
        return Agreement(Number(None), None, None)
    first = same_first(x, y)
    # A draw in which an order is undefined does not agree.
    share = float(np.nan_to_num(first[1:]).mean()) if len(first) > 1 else None
    # Eight encoders have 32,131 pairs of subsets: all draws of them at once would fill a gigabyte.
    blocks = [slice(start, start + DRAWS_A_BLOCK) for start in range(0, len(x), DRAWS_A_BLOCK)]
    tau = np.concatenate([kendall_tau(x[block], y[block]) for block in blocks])
    return Agreement(number(tau), bool(first[0]), share)


def win_probabilities(values: Values) -> Values:
    """Return the n x n shares of draws (1 + R, n) in which the row's member beats the column's; NaN without draws."""
    n = values.shape[-1]
    if len(values) == 1:
        return np.full((n, n), np.nan)
    above = values[1:, :, None] - values[1:, None, :]
    return np.where(np.isfinite(above).all(axis=0), ((np.sign(above) + 1) / 2).mean(axis=0), np.nan)
