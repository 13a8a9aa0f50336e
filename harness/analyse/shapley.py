"""Share the full pool's score among its encoders: exact Shapley values and pairwise interactions.

With n encoders, A any subset and S(empty) the baseline (`baseline.py`):

    phi(i)   = sum over A without i of |A|! (n - |A| - 1)! / n! x [S(A + i) - S(A)]
    I(i, j)  = sum over A without i, j of |A|! (n - |A| - 2)! / (n - 1)! x [S(A + i + j) - S(A + i) - S(A + j) + S(A)]

Unit: points of 100. The values add up to S(F) - S(empty). An interaction above 0 says that the two complement each
other, below 0 that one can stand in for the other. Sources: Shapley, Contributions to the Theory of Games II (1953);
Grabisch and Roubens, International Journal of Game Theory 28 (1999) for the interaction. Neither paper of the study
reports them.
"""

from itertools import combinations
from math import factorial

import numpy as np

from harness.analyse import masks
from harness.analyse.masks import Values


def shapley(scores: Values) -> Values:
    """Return phi of every encoder, (..., n), from a whole lattice (..., 2^n) with the baseline at mask 0."""
    n = masks.pool_size(scores)
    return scores @ _value_weights(n).T


def interactions(scores: Values) -> Values:
    """Return I of every pair, (..., n (n - 1) / 2), pairs in the order of `itertools.combinations`."""
    n = masks.pool_size(scores)
    return scores @ _pair_weights(n).T


def removal_interactions(scores: Values) -> Values:
    """Return S(F) - S(F - i) - S(F - j) + S(F - i - j) of every pair, (..., n (n - 1) / 2), in points.

    What removing one encoder at a time cannot see: below 0 for two that replace each other.
    """
    n = masks.pool_size(scores)
    ends = [(1 << i, 1 << j) for i, j in combinations(range(n), 2)]
    full = masks.full(n)
    parts = [
        scores[..., -1] - scores[..., full ^ i] - scores[..., full ^ j] + scores[..., full ^ i ^ j] for i, j in ends
    ]
    return np.stack(parts, axis=-1)


def _value_weights(n: int) -> Values:
    """Give S(A) the weight of A without i, |A - i|! (n - |A - i| - 1)! / n!, negative where i is not in A."""
    weights = np.zeros((n, 2**n))
    for mask, size in enumerate(masks.sizes(n)):
        for i in range(n):
            others = int(size) - (mask >> i & 1)
            sign = 1 if mask >> i & 1 else -1
            weights[i, mask] = sign * factorial(others) * factorial(n - others - 1) / factorial(n)
    return weights


def _pair_weights(n: int) -> Values:
    pairs = list(combinations(range(n), 2))
    weights = np.zeros((len(pairs), 2**n))
    for mask, size in enumerate(masks.sizes(n)):
        for place, (i, j) in enumerate(pairs):
            inside = (mask >> i & 1) + (mask >> j & 1)
            others = int(size) - inside
            sign = -1 if inside == 1 else 1
            weights[place, mask] = sign * factorial(others) * factorial(n - others - 2) / factorial(n - 1)
    return weights
