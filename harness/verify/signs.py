"""Test whether a sum of changes is more than chance: if nothing changed, each cluster's sign is as likely + as -."""

from collections.abc import Sequence
from itertools import product
from math import fsum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

DRAWS, BLOCKS = 9_999, 9
ENUMERATED = 13
LATTICE_TOLERANCE = 1e-6
STEPS_LIMIT = 100_000
TOLERANCE = 1e-9
SignTest = Literal["sign flips, exact mid-p", "sign flips, permutation"]


def sign_flip_test(moved: Sequence[float] | ArrayLike, step: float) -> tuple[float, SignTest]:
    """Return the two-sided p-value of the sum of the moved clusters' contributions under random signs.

    In whole multiples of `step`: exact, with the mid-p correction P(|T| > |t|) + P(|T| = |t|) / 2; with clusters of one
    0/1 answer that is the mid-p McNemar test. Else P(|T| >= |t|), over all signs of up to 13 contributions or over
    9,999 seeded draws with the observed signs counted in. Only the sizes of the contributions and of their sum matter,
    so neither order nor swapping the runs changes it.
    """
    values = np.asarray(moved, float)
    values = values[values != 0]
    sizes, seen = np.sort(np.abs(values)), abs(fsum(values.tolist()))
    steps = np.rint(sizes / step).astype(int)
    if np.abs(sizes / step - steps).max(initial=0.0) > LATTICE_TOLERANCE or steps.sum() > STEPS_LIMIT:
        return _drawn(sizes, seen), "sign flips, permutation"
    observed = round(seen / step)
    return (_exact(steps, observed) if observed else 1.0), "sign flips, exact mid-p"


def _exact(steps: np.ndarray, observed: int) -> float:
    """Return the mid-p value of a sum of whole steps by the distribution of all sums."""
    if steps[0] == steps[-1]:
        count, size = len(steps), int(steps[0])
        more = (count + observed // size) // 2
        return float(min(1.0, 2 * stats.binom.sf(more, count, 0.5) + stats.binom.pmf(more, count, 0.5)))
    chances = np.ones(1)
    for size in steps:
        spread = np.zeros(2 * size + 1)
        spread[0] = spread[-1] = 0.5
        chances = np.convolve(chances, spread)
    totals = np.abs(np.arange(len(chances)) - steps.sum())
    return float(min(1.0, chances[totals > observed].sum() + chances[totals == observed].sum() / 2))


def _drawn(sizes: np.ndarray, seen: float) -> float:
    if len(sizes) <= ENUMERATED:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(sizes))))
        return float(np.mean(np.abs(signs @ sizes) >= seen * (1 - TOLERANCE)))
    rng = np.random.default_rng(0)
    # One row a draw, in blocks, so that memory does not grow with the number of draws.
    larger = sum(
        int(np.sum(np.abs(rng.choice((-1.0, 1.0), (DRAWS // BLOCKS, len(sizes))) @ sizes) >= seen * (1 - TOLERANCE)))
        for _ in range(BLOCKS)
    )
    return (larger + 1) / (DRAWS + 1)
