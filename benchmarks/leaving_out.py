"""Leave each cluster out of a pooling, or exchange its marks, by what that changes.

Sums are exact (`exact`, `exchange`). Where every mark is 0 or 1, groups and pairs are valued by whole numbers, counted
in arrays for all clusters at once; what is left of a float is worked out in the order in which `benchmarks.pooling`
does it one by one, so the results agree to the last bit. Such a function returns None where its case is not this one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import fsum

import numpy as np
from numpy.typing import NDArray

from benchmarks.card import Mark

Whole = NDArray[np.int64]
FEW = 32
"""Groups whose values are summed anew for each cluster."""
_WHOLE = frozenset((0.0, 1.0))


def exact(values: Iterable[float]) -> Fraction | int:
    """Add values up without rounding: right and wrong ones are counted, others take few different values."""
    times = Counter(values)
    if _WHOLE.issuperset(times):
        return times[1.0]
    return sum((Fraction(value) * count for value, count in times.items()), Fraction())


def exchange(
    changed: dict[str, list[float]], name: str, before: Sequence[float], gone: Mark, come: Mark | None
) -> None:
    """Take one mark out of a group, or put another in its place; groups that were not touched yet are copied first."""
    values = changed.setdefault(name, list(before))
    values.remove(gone.value)
    if come is not None:
        values.append(come.value)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Hold the right answers of all samples, those that come instead if any do, and the places of each cluster.

    `places` are those of the first cluster, the second and so on, `of` says which cluster each is of.
    """

    right: Whole
    come: Whole | None
    places: Whole
    of: Whole
    clusters: int

    @classmethod
    def whole(
        cls, marks: Iterable[float], come: Iterable[float] | None, clusters: Sequence[Sequence[int]]
    ) -> "Exchange | None":
        """Count marks; None where one is neither 0 nor 1."""
        values = [None if one is None else np.fromiter(one, np.float64) for one in (marks, come)]
        if any(one is not None and bool(((one != 0.0) & (one != 1.0)).any()) for one in values):
            return None
        right, brought = (None if one is None else one.astype(np.int64) for one in values)
        assert right is not None
        places = np.fromiter(chain.from_iterable(clusters), np.int64)
        of = np.repeat(np.arange(len(clusters)), np.array([len(one) for one in clusters], np.int64))
        return cls(right, brought, places, of, len(clusters))

    def touched(self, member: Whole, members: int) -> "Touched":
        """Tell what happens to each group, pair or task that some cluster touches; `member` says whose a sample is."""
        found, inverse = np.unique(self.of * members + member[self.places], return_inverse=True)
        less = np.bincount(inverse, self.right[self.places], len(found)).astype(np.int64)
        if self.come is None:
            fewer, more = np.bincount(inverse, minlength=len(found)), np.zeros_like(less)
        else:
            fewer, more = np.zeros_like(less), np.bincount(inverse, self.come[self.places], len(found)).astype(np.int64)
        return Touched(*np.divmod(found, members), more - less, fewer)


@dataclass(frozen=True, slots=True)
class Touched:
    """Hold, for each cluster and what it touches: both numbers, how many more are right, how many samples fewer."""

    cluster: Whole
    member: Whole
    right: Whole
    fewer: Whole


def numbered(names: Iterable[object]) -> tuple[Whole, int]:
    """Give each name a number in the order of their coming; also how many there are."""
    numbers: dict[object, int] = {}
    found = [numbers.setdefault(name, len(numbers)) for name in names]
    return np.array(found, np.int64), len(numbers)


def means(exchange: Exchange | None) -> list[float] | None:
    """Return 100 x the mean of what is there, as `pooling.ScaledMean` gives it before it scales."""
    if exchange is None:
        return None
    sums = int(exchange.right.sum()) - np.bincount(exchange.of, exchange.right[exchange.places], exchange.clusters)
    if exchange.come is not None:
        sums += np.bincount(exchange.of, exchange.come[exchange.places], exchange.clusters)
    fewer = np.bincount(exchange.of, minlength=exchange.clusters) if exchange.come is None else 0
    count = len(exchange.right) - fewer
    return (100.0 * sums / count).tolist() if np.all(count) else None


def shares_of_groups(exchange: Exchange, names: Iterable[str]) -> list[float] | None:
    """Return 100 x the share of groups with every mark 1, as `pooling.all_right` gives it."""
    member, groups = numbered(names)
    size, right = np.bincount(member), np.bincount(member, exchange.right).astype(np.int64)
    touched = exchange.touched(member, groups)
    left = size[touched.member] - touched.fewer
    whole = (left > 0) & (right[touched.member] + touched.right == left)
    more = whole.astype(np.int64) - (right == size)[touched.member]
    count = groups - np.bincount(touched.cluster, left == 0, exchange.clusters)
    if not count.all():
        return None
    sums = int((right == size).sum()) + np.bincount(touched.cluster, more, exchange.clusters)
    return (100.0 * (sums / count)).tolist()


def means_of_groups(exchange: Exchange, names: Iterable[str]) -> list[float] | None:
    """Return 100 x the mean of a few groups' means, as `pooling.mean_of_groups` gives it."""
    member, groups = numbered(names)
    if groups > FEW:
        return None
    size, right = np.bincount(member), np.bincount(member, exchange.right).astype(np.int64)
    touched = exchange.touched(member, groups)
    left = size[touched.member] - touched.fewer
    values: dict[int, dict[int, float | None]] = {}
    means = (right[touched.member] + touched.right) / np.maximum(left, 1)
    for cluster, group, mean, some in zip(
        touched.cluster.tolist(), touched.member.tolist(), means.tolist(), left.tolist(), strict=True
    ):
        values.setdefault(cluster, {})[group] = mean if some else None
    before, pooled = dict(enumerate((right / size).tolist())), []
    for cluster in range(exchange.clusters):
        after = [one for one in (before | values.get(cluster, {})).values() if one is not None]
        if not after:
            return None
        # Correctly rounded, as the exact sum of them is when it is made a float.
        pooled.append(100.0 * (fsum(after) / len(after)))
    return pooled


def sums_of_tasks(exchange: Exchange, tasks: Sequence[str], pairs: Sequence[str]) -> list[float] | None:
    """Return 100 x the sum of what tasks are worth by marks and whole pairs, as `pooling.SumOfTasks` gives it."""
    member, count = numbered(zip(tasks, pairs, strict=True))
    names, number = numbered(tasks)
    if (np.bincount(member) != 2).any():
        return None
    task_of = np.zeros(count, np.int64)
    task_of[member] = names
    right = np.bincount(member, exchange.right).astype(np.int64)
    touched = exchange.touched(member, count)
    gone = touched.fewer > 0
    if (touched.fewer[gone] != 2).any():
        return None
    # Of a pair that goes no mark is left, so that it is not whole then.
    whole = (right[touched.member] + touched.right == 2).astype(np.int64) - (right == 2)[touched.member]
    found, inverse = np.unique(touched.cluster * number + task_of[touched.member], return_inverse=True)
    cluster, task = np.divmod(found, number)
    marks, products, sizes = (
        np.bincount(task_of, one, number)[task] + np.bincount(inverse, change, len(found))
        for one, change in ((right, touched.right), (right == 2, whole), (np.ones(count), -1.0 * gone))
    )
    some = np.maximum(sizes, 1)
    worth = np.where(sizes > 0, marks / (2 * some) + products / some, 0.0).tolist()
    sizes_before = np.bincount(task_of, minlength=number)
    before = np.bincount(task_of, right, number) / (2 * sizes_before)
    worths = (before + np.bincount(task_of, right == 2, number) / sizes_before).tolist()
    changed: dict[int, dict[int, float]] = {}
    for one, its, value in zip(cluster.tolist(), task.tolist(), worth, strict=True):
        changed.setdefault(one, {})[its] = value
    kept = dict(enumerate(worths))
    return [100.0 * fsum((kept | changed.get(one, {})).values()) for one in range(exchange.clusters)]
