"""Correct an interval for skewness where enough clusters changed to measure it: BCa bounds in closed form.

Graded marks and whole images move a score by unequal steps, and changes that go mostly one way are skewed; a symmetric
interval then reaches too far on one side and not far enough on the other. The bootstrap's bias-corrected and
accelerated interval (Efron, Journal of the American Statistical Association 1987) puts that right. For a sum over
clusters its analytic form (ABC; DiCiccio and Efron, Biometrika 1992) needs no draws: it depends on no seed or order,
mirrors when the runs are swapped, and a test holds it against scipy's bootstrap.

Below 30 changed clusters a skewness is not measured but guessed, so nothing is corrected there.
"""

from math import sqrt

import numpy as np
import scipy

from harness.verify.moved import Moved

ENOUGH = 30


def single_steps(moved: Moved) -> bool:
    """Tell whether every cluster is one answer whose mark is 0 or 1, where Bonett and Price's formula holds as is."""
    return len(moved.sizes) == moved.n and float(moved.squares.sum()) == moved.gained + moved.lost


def corrected(moved: Moved, confidence: float) -> tuple[float, float] | None:
    """Return the BCa bounds of the difference in points, or None where few clusters changed or all did alike.

    With r_c = d_c - m_c D / n, what cluster c of G moved beyond its share, s^2 = G / (G - 1) sum of r_c^2 and
    a = sum of r_c^3 / (6 (sum of r_c^2)^(3/2)). A sum has the bias correction z_0 = a, so w = a -/+ z, and the bounds
    are D + s w / (1 - a w)^2.
    """
    count = len(moved.sizes)
    if np.count_nonzero(moved.points) < ENOUGH:
        return None
    beyond = moved.points - moved.sizes * (moved.difference / moved.n)
    squares = float((beyond**2).sum())
    if not squares:
        return None
    acceleration = float((beyond**3).sum()) / (6 * squares**1.5)
    spread, factor = sqrt(count / (count - 1) * squares), float(scipy.special.ndtri((1 + confidence) / 2))
    low, high = (
        moved.difference + spread * reach / (1 - acceleration * reach) ** 2
        for reach in (acceleration - factor, acceleration + factor)
    )
    return low, high
