"""Split a difference between two runs into what each cluster of answers moved.

Both runs answer the same questions, so the spread of the questions cancels: only answers whose mark changed carry
information, and answers about one image may change together. Everything that is tested later is a sum over clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from benchmarks import pooling
from benchmarks.card import Mark, Sample
from benchmarks.pooling import Pool
from harness.errors import InvalidEvidence
from harness.score.uncertainty import clusters_of

PROBES = 32
TOLERANCE = 1e-9
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moved:
    """Hold, for each of G clusters in a fixed order, what it moved; `points` sum to the difference (re-run - stored).

    `sizes` counts a cluster's answers. `net` and `squares` are the sums of its answers' mark changes x and of x^2, from
    which follows whether changes come in whole clusters. `answer_points` is how far one answer can move the score,
    `cluster_points` how far one cluster of the size that an answer expects to stand in. `gained` and `lost` count the
    answers whose mark rose and fell.
    """

    points: Values
    sizes: Values
    net: Values
    squares: Values
    answer_points: float
    cluster_points: float
    gained: int
    lost: int

    @property
    def n(self) -> int:
        """Return the number of answers."""
        return int(self.sizes.sum())

    @property
    def difference(self) -> float:
        """Return re-run minus stored, in points."""
        return fsum(self.points[self.points != 0].tolist())


def in_points(pool: Pool, scale: float) -> Pool:
    """Express a pooling in points of the suite, where one point is `scale` of the benchmark's own unit."""
    if scale == 1:
        return pool
    if isinstance(pool, pooling.LeavesOut):
        return _InPoints(pool, scale)
    return lambda samples, marks: pool(samples, marks) / scale


def of_marks(stored: Values, rerun: Values, clusters: NDArray[np.intp]) -> Moved:
    """Split the difference of two plain means; `clusters` numbers each answer's cluster from 0.

    A cluster moves 100 x the sum of its changes / n points.
    """
    change, count, n = rerun - stored, int(clusters.max()) + 1, len(stored)
    sizes = np.bincount(clusters, minlength=count).astype(float)
    net, squares = (np.bincount(clusters, weight, count).astype(float) for weight in (change, change**2))
    point = 100.0 / n
    return Moved(
        points=point * net,
        sizes=sizes,
        net=net,
        squares=squares,
        answer_points=point,
        cluster_points=point * float((sizes**2).sum() / n),
        gained=int((change > 0).sum()),
        lost=int((change < 0).sum()),
    )


def of_pool(samples: Sequence[Sample], stored: Sequence[Mark], rerun: Sequence[Mark], pool: Pool) -> Moved:
    """Split the difference of two pooled scores, marks in the samples' order.

    A cluster moves pool(stored marks, but this cluster's from the re-run) - pool(stored marks). Every pooling of the
    suite is a sum over clusters (means, groups, and pairs that lie inside one cluster), so the parts add up to the
    whole difference; this is checked.

    Raises:
        InvalidEvidence: they do not add up.
    """
    places = list(clusters_of(samples).values())
    number = np.empty(len(samples), dtype=np.intp)
    for index, members in enumerate(places):
        number[members] = index
    before, after = (np.array([mark.value for mark in marks]) for marks in (stored, rerun))
    plain = of_marks(before, after, number)
    if pool is pooling.mean:
        return plain
    level, points = pool(samples, stored), np.zeros(len(places))
    changed = np.flatnonzero(plain.squares).tolist()
    points[changed] = np.array(_mixed(pool, samples, stored, rerun, [places[index] for index in changed])) - level
    whole, total = pool(samples, rerun) - level, fsum(points.tolist())
    if abs(whole - total) > TOLERANCE * max(1.0, abs(level)):
        raise InvalidEvidence(
            f"the clusters moved {total:.6f} points together, the whole score {whole:.6f}: "
            "a scoring unit spans two clusters, so the card's cluster key is wrong"
        )
    answer, cluster = _weights(samples, places, number, pool)
    return Moved(points, plain.sizes, plain.net, plain.squares, answer, cluster, plain.gained, plain.lost)


def _weights(
    samples: Sequence[Sample], places: list[list[int]], number: NDArray[np.intp], pool: Pool
) -> tuple[float, float]:
    """Return how far one answer at most, and the cluster of an answer on average, can move the score, in points.

    The fall from all-right, tried on 32 answers spread over the categories; within a category, group or pair all
    answers weigh the same.
    """
    order = sorted(range(len(samples)), key=lambda place: (samples[place].category, samples[place].id))
    probes = sorted({order[place] for place in np.linspace(0, len(order) - 1, PROBES).round().astype(int)})
    right, wrong = ([Mark(sample.id, value, None, "probe") for sample in samples] for value in (1.0, 0.0))
    full = pool(samples, right)
    # An image that several probes stand in falls as often, but is tried once.
    images = dict.fromkeys(int(number[probe]) for probe in probes)
    alone = _mixed(pool, samples, right, wrong, [[probe] for probe in probes])
    whole = _mixed(pool, samples, right, wrong, [places[image] for image in images])
    falls = {image: full - level for image, level in zip(images, whole, strict=True)}
    answer = max(full - level for level in alone)
    return answer, max(answer, fsum(falls[int(number[probe])] for probe in probes) / len(probes))


def _mixed(
    pool: Pool, samples: Sequence[Sample], marks: Sequence[Mark], others: Sequence[Mark], clusters: pooling.Clusters
) -> list[float]:
    """Pool the marks but for those of one cluster, which are taken from the others, for each cluster in turn."""
    if isinstance(pool, pooling.LeavesOut):
        return pool.without_each(samples, marks, clusters, others)
    pooled = []
    for members in clusters:
        mixed = list(marks)
        for place in members:
            mixed[place] = others[place]
        pooled.append(pool(samples, mixed))
    return pooled


@dataclass(frozen=True, slots=True)
class _InPoints:
    """Divide what a pooling gives that knows what a cluster's going changes, and know it too."""

    pool: pooling.LeavesOut
    scale: float

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks."""
        return self.pool(samples, marks) / self.scale

    def without_each(
        self,
        samples: Sequence[Sample],
        marks: Sequence[Mark],
        clusters: pooling.Clusters,
        instead: pooling.Instead = None,
    ) -> list[float]:
        """Pool as `pooling.LeavesOut` says."""
        return [value / self.scale for value in self.pool.without_each(samples, marks, clusters, instead)]
