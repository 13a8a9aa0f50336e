"""Measure how often the interval holds the truth, and how often two runs one margin apart are called equivalent."""

from dataclasses import dataclass

import numpy as np

from harness.schema.verdict import Interval
from harness.verify.paired import adjusted_interval
from tests.simulation.flips import MEAN_PART, Together, draw

CONFIDENCE = 0.90
# (clusters, answers in each): 64 to 5,000 single answers, and images that several questions share.
SHAPES = ((64, 1), (150, 1), (480, 1), (1000, 1), (2500, 1), (5000, 1), (60, 4), (120, 4), (480, 4), (1250, 4))
RATES = (0.002, 0.01, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one line of the table: shape, rate of flips and how they come; the shares that were counted.

    `false` is the worst over true gaps of a quarter, a half and all of the rate: at the last, all flips go one way.
    `usual` leaves that last one out.
    """

    clusters: int
    size: int
    rate: float
    together: Together
    graded: bool
    covered: float
    half_width: float
    usual: float
    false: float


def measure(
    clusters: int, size: int, rate: float, together: Together, times: int, graded: bool = False, seed: int = 0
) -> Row:
    """Simulate one line of the table."""
    rng = np.random.default_rng(seed)

    def bounds(gap: float) -> list[Interval]:
        drawn = (draw(rng, clusters, size, rate, gap, together, graded) for _ in range(times))
        return [adjusted_interval(one, CONFIDENCE)[0] for one in drawn]

    honest, false = bounds(0.0), []
    for share in (0.25, 0.5, 1.0):
        points = 100 * share * rate * (MEAN_PART if graded else 1.0)
        false.append(sum(one.low > -points and one.high < points for one in bounds(share * rate)) / times)
    return Row(
        clusters,
        size,
        rate,
        together,
        graded,
        sum(one.low <= 0 <= one.high for one in honest) / times,
        float(np.median([(one.high - one.low) / 2 for one in honest])),
        max(false[:2]),
        false[2],
    )


def table(times: int) -> list[Row]:
    """Simulate every shape, rate and way of flipping, for whole marks and for graded ones."""
    return [
        measure(clusters, size, rate, together, times, graded)
        for graded in (False, True)
        for clusters, size in SHAPES
        for rate in RATES
        for together in ("single", "half", "whole")
        if (size > 1 or together == "single") and not (graded and together == "whole")
    ]
