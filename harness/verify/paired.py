"""Measure the difference between two sets of answers to the same questions.

Both runs answer the same questions, so the spread of the questions cancels: only answers whose mark changed carry
information, and answers about one image may change together.

`contributions` splits the difference exactly into what each cluster moved; `paired` bounds their sum and tests it:

- interval: Bonett and Price's adjusted Wald interval (British Journal of Mathematical and Statistical Psychology 2012),
  carried to clusters. Two pseudo-answers, one gained and one lost, are added; b gained and c lost among n answers give
  p = (b + 1) / (n + 2), q = (c + 1) / (n + 2) and p - q -/+ z sqrt((p + q - (p - q)^2) / (n + 2)). That is the
  variance of n + 2 differences of -1, 0 and 1, so with clusters the sum over answers becomes a sum over clusters' sums.
  It never has zero width: no flip among n answers bounds the rate of flips, it does not prove it zero.
  Used for every pooling and for graded marks; a pseudo-answer moves as much as the heaviest single answer could.
- test: the sign of each cluster's contribution is as likely + as - if nothing changed. Exact by convolution, with the
  mid-p correction, when the contributions are whole multiples of one answer's weight (0/1 marks; with clusters of one
  it is the mid-p McNemar test); otherwise a permutation test with a fixed seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import fsum, sqrt
from typing import Literal

import numpy as np
from scipy import stats

from benchmarks import pooling
from benchmarks.card import Mark, Sample
from benchmarks.pooling import Pool
from harness.errors import InvalidEvidence
from harness.schema.verdict import Interval
from harness.score.uncertainty import clusters_of

DRAWS, BLOCKS = 9_999, 9
ENUMERATED = 13
LATTICE_TOLERANCE = 1e-6
STEPS_LIMIT = 100_000
PROBES = 32
TOLERANCE = 1e-9
TestName = Literal["sign flips, exact mid-p", "sign flips, permutation"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """Hold what one cluster of `size` answers added to the difference (re-run minus stored), in points."""

    points: float
    size: int


@dataclass(frozen=True, slots=True)
class Paired:
    """Hold a paired difference in points: its interval and its p-value.

    `deviation` is the standard deviation of the difference times sqrt(n), the spread that one answer brings: more
    answers shrink the interval as deviation / sqrt(n). `gained` and `lost` count the answers whose mark rose and fell.
    """

    difference: float
    interval: Interval
    p_value: float
    test: TestName
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
    parts = contributions(samples, stored, rerun, pool)
    difference = fsum(part.points for part in parts)
    weight = heaviest_answer(samples, pool)
    bounds, deviation = adjusted_interval(parts, weight, confidence)
    p_value, test = sign_flip_test([part.points for part in parts if part.points], weight)
    changes = [after.value - before.value for before, after in zip(stored, rerun, strict=True)]
    return Paired(
        difference=difference,
        interval=bounds,
        p_value=p_value,
        test=test,
        deviation=deviation,
        n=len(samples),
        clusters=len(parts),
        gained=sum(change > 0 for change in changes),
        lost=sum(change < 0 for change in changes),
    )


def contributions(
    samples: Sequence[Sample], stored: Sequence[Mark], rerun: Sequence[Mark], pool: Pool
) -> list[Contribution]:
    """Return what each cluster moved: pool(stored marks, but this cluster's from the re-run) - pool(stored marks).

    For the plain mean that is 100 x the sum of the cluster's changes / n; for others, only clusters in which a mark
    changed need a call of the pool. Every pooling of the suite is a sum over clusters (means, groups, and pairs that
    lie inside one cluster), so the parts add up to the whole difference; this is checked.

    Raises:
        InvalidEvidence: they do not add up.
    """
    if pool is pooling.mean:
        return [
            Contribution(
                100.0 * fsum(rerun[place].value - stored[place].value for place in places) / len(samples), len(places)
            )
            for places in clusters_of(samples).values()
        ]
    before = pool(samples, stored)
    parts = []
    for places in clusters_of(samples).values():
        moved = 0.0
        if any(stored[place].value != rerun[place].value for place in places):
            mixed = list(stored)
            for place in places:
                mixed[place] = rerun[place]
            moved = pool(samples, mixed) - before
        parts.append(Contribution(moved, len(places)))
    whole, total = pool(samples, rerun) - before, fsum(part.points for part in parts)
    if abs(whole - total) > TOLERANCE * max(1.0, abs(before)):
        raise InvalidEvidence(
            f"the clusters moved {total:.6f} points together, the whole score {whole:.6f}: "
            "a scoring unit spans two clusters, so the card's cluster key is wrong"
        )
    return parts


def heaviest_answer(samples: Sequence[Sample], pool: Pool) -> float:
    """Return how far one answer can move the score, in points: the largest fall from all-right by one wrong answer.

    Tried on 32 samples spread over the set; answers weigh the same within a category, group or pair.
    """
    if pool is pooling.mean:
        return 100.0 / len(samples)
    order = sorted(range(len(samples)), key=lambda place: (samples[place].category, samples[place].id))
    probes = sorted({order[place] for place in np.linspace(0, len(order) - 1, PROBES).round().astype(int)})
    right = [Mark(sample.id, 1.0, None, "right") for sample in samples]
    full = pool(samples, right)
    falls = []
    for place in probes:
        wrong = list(right)
        wrong[place] = Mark(samples[place].id, 0.0, None, "wrong")
        falls.append(full - pool(samples, wrong))
    return max(falls)


def adjusted_interval(parts: Sequence[Contribution], weight: float, confidence: float) -> tuple[Interval, float]:
    """Return the clustered Bonett-Price interval of the sum of the parts, in points, and the deviation an answer.

    Clusters c of m_c answers moved d_c of the difference D; one answer moves at most w. Two pseudo-answers, -w and w,
    shrink all by k = n / (n + 2) and set the mean of an answer to u = k D / n. Centre k D; variance
    k^2 (sum over c of (d_c - m_c u)^2 + (w - u)^2 + (w + u)^2). With clusters of one and the plain mean this is Bonett
    and Price's formula exactly. With larger clusters the sum over c takes G / (G - 1), and z becomes Student's t with
    G - 1 degrees of freedom.
    """
    n, count = sum(part.size for part in parts), len(parts)
    shrink = n / (n + 2)
    centre = shrink * fsum(part.points for part in parts)
    mean = centre / n
    squares = fsum((part.points - part.size * mean) ** 2 for part in parts)
    shared = any(part.size > 1 for part in parts)
    if shared and count > 1:
        squares *= count / (count - 1)
    squares += (weight - mean) ** 2 + (weight + mean) ** 2
    error = shrink * sqrt(squares)
    tail = (1 + confidence) / 2
    factor = float(stats.t.ppf(tail, count - 1) if shared and count > 1 else stats.norm.ppf(tail))
    bounds = Interval(low=centre - factor * error, high=centre + factor * error, confidence=confidence)
    return bounds, error * sqrt(n)


def sign_flip_test(moved: Sequence[float], step: float) -> tuple[float, TestName]:
    """Return the two-sided p-value of the sum of the moved clusters' contributions under random signs.

    In whole multiples of `step`: exact, with the mid-p correction P(|T| > |t|) + P(|T| = |t|) / 2. Else P(|T| >= |t|),
    over all signs of up to 13 contributions or over 9,999 seeded draws with the observed signs counted in. Only the
    sizes of the contributions and of their sum matter, so neither order nor swapping the runs changes it.
    """
    sizes, seen = np.sort(np.abs(np.asarray(moved, float))), abs(fsum(moved))
    steps = np.rint(sizes / step).astype(int)
    if np.abs(sizes / step - steps).max(initial=0.0) > LATTICE_TOLERANCE or steps.sum() > STEPS_LIMIT:
        return _drawn(sizes, seen), "sign flips, permutation"
    chances = np.ones(1)
    for size in steps:
        spread = np.zeros(2 * size + 1)
        spread[0] = spread[-1] = 0.5
        chances = np.convolve(chances, spread)
    totals, observed = np.abs(np.arange(len(chances)) - steps.sum()), round(seen / step)
    p_value = chances[totals > observed].sum() + chances[totals == observed].sum() / 2
    return (float(min(1.0, p_value)) if observed else 1.0), "sign flips, exact mid-p"


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
