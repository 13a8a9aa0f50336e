"""Give the standard error of a pooled score when samples share images, documents or pairs.

Questions about one image are right or wrong together, so the independent pieces are clusters, not questions; ignoring
that can shrink the error three times (Miller, arXiv 2411.00640, section 2.2).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum, sqrt

from benchmarks import pooling
from benchmarks.card import Mark, Sample
from harness.errors import InvalidEvidence


def clusters_of(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """Give the positions of the samples of each cluster, clusters in order of their names."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, sample in enumerate(samples):
        places[sample.cluster].append(place)
    return dict(sorted(places.items()))


def standard_error(
    samples: Sequence[Sample],
    marks: Sequence[Mark],
    pool: pooling.Pool,
    clusters: Mapping[str, Sequence[int]] | None = None,
) -> float:
    """Return the clustered standard error of `pool(samples, marks)`, on the pool's unit.

    `clusters` are those of `clusters_of(samples)`, for whoever has them already.

    The plain mean has a closed form (`of_mean`); every other pooling is jackknifed (`jackknife`). Both agree where both
    apply and all clusters have one size.

    Raises:
        InvalidEvidence: fewer than two clusters; one cluster says nothing about its own spread.
    """
    clusters = clusters or clusters_of(samples)
    if len(clusters) < 2:
        raise InvalidEvidence(
            f"a clustered standard error needs two clusters; the {len(samples):,} samples form {len(clusters)}"
        )
    if pool is pooling.mean:
        return of_mean(marks, list(clusters.values()))
    return jackknife(samples, marks, pool, list(clusters.values()))


def of_mean(marks: Sequence[Mark], clusters: Sequence[Sequence[int]]) -> float:
    """Return 100 x sqrt(G / (G - 1) x sum over c of (sum over i in c of (s_i - mean))^2) / n.

    G clusters, n marks s_i. This is Miller's clustered error (arXiv 2411.00640, equation 4: the sum of the products
    of residuals within clusters), the cluster-robust variance of Liang and Zeger (Biometrika 1986) for a mean, with the
    usual G / (G - 1) so that clusters of one give s / sqrt(n).
    """
    n, count = len(marks), len(clusters)
    mean = fsum(mark.value for mark in marks) / n
    return of_sums((fsum(marks[place].value - mean for place in cluster) for cluster in clusters), count, n)


def of_sums(sums: Iterable[float], count: int, n: int) -> float:
    """Return what `of_mean` does from the sums of the residuals of `count` clusters of `n` marks."""
    return 100.0 * sqrt(count / (count - 1) * fsum(value * value for value in sums)) / n


def jackknife(
    samples: Sequence[Sample], marks: Sequence[Mark], pool: pooling.Pool, clusters: Sequence[Sequence[int]]
) -> float:
    """Return sqrt((G - 1) / G x sum over c of (t_c - mean t)^2), t_c the pool without cluster c.

    The delete-one-cluster jackknife (Efron and Stein, Annals of Statistics 1981) over the protocol's own pooling, so
    that pairs, groups and means of categories need no formula of their own. Costs G calls of the pool, but for those
    that know what a cluster's going changes (`pooling.LeavesOut`).
    """
    count = len(clusters)
    if isinstance(pool, pooling.LeavesOut):
        without = pool.without_each(samples, marks, clusters)
    else:
        without = [_without(cluster, samples, marks, pool) for cluster in clusters]
    mean = fsum(without) / count
    return sqrt((count - 1) / count * fsum((value - mean) ** 2 for value in without))


def influences(
    samples: Sequence[Sample],
    marks: Sequence[Mark],
    pool: pooling.Pool,
    clusters: Mapping[str, Sequence[int]],
) -> list[float]:
    """Return what each cluster adds to the score's error; the squares add up to that of `standard_error`.

    Signed: above zero for a cluster that raises the score. So the errors of several models over the same questions can
    be drawn together, as sum over clusters c of w_c influence_c with one standard normal w_c for all of them. For the
    mean sqrt(G / (G - 1)) / n x 100 sum over i in c of (s_i - mean), else sqrt((G - 1) / G) (mean t - t_c) with t_c the
    pool without cluster c.
    """
    places, count = list(clusters.values()), len(clusters)
    if pool is pooling.mean:
        mean = fsum(mark.value for mark in marks) / len(marks)
        factor = 100.0 * sqrt(count / (count - 1)) / len(marks)
        return [factor * fsum(marks[place].value - mean for place in cluster) for cluster in places]
    if isinstance(pool, pooling.LeavesOut):
        without = pool.without_each(samples, marks, places)
    else:
        without = [_without(cluster, samples, marks, pool) for cluster in places]
    middle = fsum(without) / count
    return [sqrt((count - 1) / count) * (middle - value) for value in without]


def _without(cluster: Sequence[int], samples: Sequence[Sample], marks: Sequence[Mark], pool: pooling.Pool) -> float:
    gone = set(cluster)
    kept = [place for place in range(len(samples)) if place not in gone]
    return pool([samples[place] for place in kept], [marks[place] for place in kept])
