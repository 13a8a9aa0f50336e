"""Bound and test the difference between two sets of answers to the same questions.

- interval: Bonett and Price's adjusted Wald interval (British Journal of Mathematical and Statistical Psychology 2012),
  carried to clusters. Two pseudo-answers, one gained and one lost, are added; b gained and c lost among n answers give
  p = (b + 1) / (n + 2), q = (c + 1) / (n + 2) and p - q -/+ z sqrt((p + q - (p - q)^2) / (n + 2)). That is the
  variance of n + 2 differences of -1, 0 and 1, so with clusters the sum over answers becomes a sum over clusters' sums.
  It never has zero width: no flip among n answers bounds the rate of flips, it does not prove it zero.
- test: `signs.sign_flip_test` over clusters.

Where whole images flip together, few of them carry all the information, and two pseudo-answers are too little: two
runs exactly one margin apart were then called equivalent in up to 55 % of cases (60 images of 4, 1 % of them flipped).
So the pseudo-answers are as clustered as the flips that were seen, with two whole clusters as prior evidence: with no
flips seen nothing speaks against whole clusters. Measured by `ci/verify_bench coverage`: about 10 % at worst,
where all flips go one way, and 5 to 8 % elsewhere, as for single answers, which keep Bonett and Price's formula.

Graded marks and clusters take, on each side, the wider of this bound and the one corrected for skewness (`skewed`).
The wider one, since a difference that grows past 30 changed clusters must not be judged more kindly for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import scipy

from benchmarks.card import Mark, Sample
from benchmarks.pooling import Pool
from harness.schema.verdict import Interval
from harness.verify.moved import Moved, of_pool
from harness.verify.signs import SignTest, sign_flip_test
from harness.verify.skewed import corrected, single_steps

PRIOR_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class Paired:
    """Hold a paired difference in points: its interval and its p-value.

    `deviation` is the standard deviation of the difference times sqrt(n), the spread that one answer brings: more
    answers shrink the interval as deviation / sqrt(n). `gained` and `lost` count the answers whose mark rose and fell.
    """

    difference: float
    interval: Interval
    p_value: float
    test: SignTest
    deviation: float
    n: int
    clusters: int
    gained: int
    lost: int


def paired(
    samples: Sequence[Sample], stored: Sequence[Mark], rerun: Sequence[Mark], pool: Pool, confidence: float
) -> Paired:
    """Compare two sets of marks of the same samples, in the samples' order; points are on the pool's unit.

    Raises:
        InvalidEvidence: the pooling is not a sum over clusters, so that no cluster's part can be told.
    """
    return measure(of_pool(samples, stored, rerun, pool), confidence)


def measure(moved: Moved, confidence: float) -> Paired:
    """Bound and test what the clusters moved."""
    bounds, error = adjusted_interval(moved, confidence)
    p_value, test = sign_flip_test(moved.points, moved.answer_points)
    return Paired(
        difference=moved.difference,
        interval=bounds,
        p_value=p_value,
        test=test,
        deviation=error * sqrt(moved.n),
        n=moved.n,
        clusters=len(moved.sizes),
        gained=moved.gained,
        lost=moved.lost,
    )


def togetherness(moved: Moved) -> float:
    """Return the share in [0, 1] of a cluster's other answers that change with a changed one, the same way.

    (sum of S_c^2 - Q_c) / (sum of Q_c (m_c - 1)) with S_c the sum and Q_c the sum of squares of the changes in a
    cluster of m_c answers: 0 for independent flips, 1 for whole clusters. Two whole clusters of the size that an
    answer expects to stand in are added to both sums, whose answers change by the mean square of the changes seen: so
    it depends on where marks changed, not on how far.
    """
    expected = float((moved.sizes**2).sum() / moved.sizes.sum())
    changed = moved.gained + moved.lost
    prior = PRIOR_CLUSTERS * expected * (expected - 1) * (float(moved.squares.sum()) / changed if changed else 1.0)
    above = float((moved.net**2 - moved.squares).sum()) + prior
    below = float((moved.squares * (moved.sizes - 1)).sum()) + prior
    return min(1.0, max(0.0, above / below)) if below else 0.0


def pseudo_square(moved: Moved) -> float:
    """Return the squared points of a pseudo-answer: from an answer's to a cluster's, as far as flips come together."""
    alone, whole = moved.answer_points**2, moved.cluster_points**2
    return alone + (whole - alone) * (togetherness(moved) if len(moved.sizes) < moved.n else 0.0)


def adjusted_interval(moved: Moved, confidence: float) -> tuple[Interval, float]:
    """Return the clustered Bonett-Price interval of the difference and its standard error, in points.

    Clusters c of m_c answers moved d_c of the difference D. Two pseudo-answers, -w and w, shrink all by k = n / (n + 2)
    and set the mean of an answer to u = k D / n. Centre k D; variance
    k^2 (sum over c of (d_c - m_c u)^2 + (w - u)^2 + (w + u)^2). With clusters of one and the plain mean this is Bonett
    and Price's formula exactly. With larger clusters w^2 is `pseudo_square`, the sum over c takes G / (G - 1), and z
    becomes Student's t with G - 1 degrees of freedom.
    """
    n, count = moved.n, len(moved.sizes)
    shrink = n / (n + 2)
    centre = shrink * moved.difference
    mean = centre / n
    squares = float(((moved.points - moved.sizes * mean) ** 2).sum())
    pseudo, factor = pseudo_square(moved), float(scipy.special.ndtri((1 + confidence) / 2))
    if count < n:
        freedom = max(1, count - 1)
        squares *= (freedom + 1) / freedom
        factor = float(scipy.special.stdtrit(freedom, (1 + confidence) / 2))
    error = shrink * sqrt(squares + 2 * pseudo + 2 * mean**2)
    bounds = [(centre - factor * error, centre + factor * error)]
    if not single_steps(moved):
        bounds += filter(None, [corrected(moved, confidence)])
    low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
    return Interval(low=low, high=high, confidence=confidence), error
