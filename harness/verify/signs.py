"""Test whether a sum of changes is more than chance: if nothing changed, each cluster's sign is as likely + as -."""

from collections.abc import Sequence
from math import exp, fsum, log
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

ENUMERATED = 16
LATTICE_TOLERANCE = 1e-6
STEPS_LIMIT = 100_000
PARTS_LIMIT = 60
TOLERANCE = 1e-9
NEAR_ZERO = 1e-4
SETTLED = 1e-12
SignTest = Literal["sign flips, exact mid-p", "sign flips, permutation", "sign flips, saddlepoint"]


def sign_flip_test(moved: Sequence[float] | ArrayLike, step: float) -> tuple[float, SignTest]:
    """Return the two-sided p-value of the sum of the moved clusters' contributions under random signs.

    In whole multiples of `step`: exact, with the mid-p correction P(|T| > |t|) + P(|T| = |t|) / 2; with clusters of one
    0/1 answer that is the mid-p McNemar test. Else P(|T| >= |t|) over all signs: exact where all contributions are
    multiples of one part of the smallest, as graded marks are, and for up to 16 of any size; beyond by `saddlepoint`.
    Only the sizes of the contributions and of their sum matter, so neither order nor swapping the runs changes it; nor
    is p larger where the same changes come in whole marks, so that a difference which grows is not judged more kindly.
    """
    values = moving(np.asarray(moved, float))
    sizes, seen = np.sort(np.abs(values)), abs(fsum(values.tolist()))
    steps = np.rint(sizes / step).astype(int)
    if np.abs(sizes / step - steps).max(initial=0.0) <= LATTICE_TOLERANCE and steps.sum() <= STEPS_LIMIT:
        observed = round(seen / step)
        return (exact_mid_p(steps, observed) if observed else 1.0), "sign flips, exact mid-p"
    if len(sizes) <= ENUMERATED:
        # Sums that are equal but for rounding tie, also where all that is left of them is rounding.
        alike = TOLERANCE * float(sizes.sum())
        return float(np.mean(np.abs(_all_sums(sizes)) >= seen - alike)), "sign flips, permutation"
    part = _common_part(sizes)
    if part is None:
        return saddlepoint(sizes, seen), "sign flips, saddlepoint"
    chances, totals = _distribution(np.rint(sizes / part).astype(int))
    return float(min(1.0, chances[totals >= round(seen / part)].sum())), "sign flips, permutation"


def moving(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out what did not move: what is left of changes that cancel is rounding, as their order has it."""
    return values[np.abs(values) > TOLERANCE * np.abs(values).max(initial=0.0)]


def _common_part(sizes: NDArray[np.float64]) -> float | None:
    """Return the largest part of the smallest size, a half, a third, ..., of which all sizes are multiples, if any."""
    for parts in range(1, PARTS_LIMIT + 1):
        steps = sizes * (parts / sizes[0])
        if steps.sum() > STEPS_LIMIT:
            return None
        if np.abs(steps - np.rint(steps)).max() <= LATTICE_TOLERANCE * parts:
            return float(sizes[0] / parts)
    return None


def _all_sums(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sums under all signs but the last one's, which by symmetry changes no size of a sum."""
    sums = sizes[-1:]
    for size in sizes[:-1]:
        sums = np.concatenate([sums + size, sums - size])
    return sums


def saddlepoint(sizes: NDArray[np.float64], seen: float) -> float:
    """Return P(|T| >= seen) for T = sum of s_i with random signs, by its saddlepoint approximation.

    K(u) = sum of log cosh(u s_i) is the cumulant function of T, u solves K'(u) = seen, w = sqrt(2 (u seen - K(u))),
    v = u sqrt(K''(u)), and P = 2 (1 - Phi(w + log(v / w) / w)) (Robinson, Journal of the Royal Statistical Society B
    1982; the form r* is Barndorff-Nielsen's). From 30 contributions on it is right to a few hundredths of p down to
    1e-6, where random draws see nothing: among 976 entries only p below 1e-5 counts. Chernoff's bound 2 exp(-w^2 / 2)
    caps it, which is exact, 2^(1 - K), where all K contributions are on one side.
    """
    whole, least = float(sizes.sum()), 2.0 ** (1 - len(sizes))
    if seen >= whole * (1 - TOLERANCE):
        return least
    scaled, target = sizes / whole, seen / whole
    deviation = float(np.sqrt((scaled**2).sum()))
    if target < NEAR_ZERO * deviation:
        return 1.0

    tilt = _tilt(scaled, target)
    # log cosh x = |x| - log 2 - log expit(2 |x|), without overflow.
    cumulant = float((tilt * scaled - log(2) - np.log(scipy.special.expit(2 * tilt * scaled))).sum())
    spread = float(np.sqrt((scaled**2 * (1 - np.tanh(tilt * scaled) ** 2)).sum()))
    distance, width = float(np.sqrt(max(0.0, 2 * (tilt * target - cumulant)))), tilt * spread
    if distance < NEAR_ZERO:
        return 1.0
    tail = 2 * float(scipy.special.ndtr(-distance - log(width / distance) / distance)) if width > 0 else 1.0
    return max(least, min(1.0, tail, 2 * exp(-(distance**2) / 2)))


def _tilt(sizes: NDArray[np.float64], target: float) -> float:
    """Solve K'(u) = sum of s_i tanh(u s_i) = target for u > 0 by Newton's method.

    K' is concave there, so a step from below never passes the root: from zero on they only rise, and settle.
    """
    tilt = step = target / float((sizes**2).sum())
    while step > SETTLED * tilt:
        bent = np.tanh(tilt * sizes)
        step = (target - float((sizes * bent).sum())) / float((sizes**2 * (1 - bent**2)).sum())
        tilt += step
    return tilt


def exact_mid_p(steps: NDArray[np.int_], observed: int) -> float:
    """Return the mid-p value of a sum of whole steps by the distribution of all sums."""
    if steps[0] == steps[-1]:
        count, size = len(steps), int(steps[0])
        more = (count + observed // size) // 2
        # P(> k) + P(>= k), which is twice the mid-p tail.
        return float(min(1.0, scipy.special.bdtrc(more, count, 0.5) + scipy.special.bdtrc(more - 1, count, 0.5)))
    chances, totals = _distribution(steps)
    return float(min(1.0, chances[totals > observed].sum() + chances[totals == observed].sum() / 2))


def _distribution(steps: NDArray[np.int_]) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Return the chance of each sum of whole steps under random signs, and how far each is from zero.

    Steps that keep their sign add up to s of their total t, which leaves 2 s - t: so s alone is counted, step by step.
    """
    chances, total = np.ones(1), 0
    for size in steps:
        before, total = chances / 2, total + size
        chances = np.zeros(total + 1)
        chances[: len(before)] = before
        chances[size:] += before
    return chances, np.abs(2 * np.arange(total + 1) - total)
