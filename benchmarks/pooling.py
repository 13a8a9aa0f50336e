"""Turn marks into one number on the benchmark's unit. Sums are exact, so the order of the samples never matters."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, prod
from typing import Protocol, runtime_checkable

from benchmarks import leaving_out
from benchmarks.card import Mark, Sample
from benchmarks.errors import InvalidData
from benchmarks.leaving_out import Exchange, exact, exchange

Pool = Callable[[Sequence[Sample], Sequence[Mark]], float]
Clusters = Sequence[Sequence[int]]
"""The places of each cluster's samples."""
Instead = Sequence[Mark] | None
_Way = Callable[[Exchange, Sequence[str]], list[float] | None]


def _check(samples: Sequence[Sample], marks: Sequence[Mark]) -> None:
    if not marks:
        raise InvalidData("no marks to pool: an empty set of answers has no score")
    if len(samples) != len(marks):
        raise InvalidData(f"{len(marks):,} marks for {len(samples):,} samples: every sample needs exactly one")
    for sample, mark in zip(samples, marks, strict=True):
        if sample.id != mark.sample_id:
            raise InvalidData(f"mark of sample {mark.sample_id!r} stands where sample {sample.id!r} is expected")
        if not 0.0 <= mark.value <= 1.0:
            raise InvalidData(f"mark of sample {mark.sample_id!r} is {mark.value}, expected a value in [0, 1]")


def mean(samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
    """Give 100 x the plain mean of the marks.

    Raises:
        InvalidData: no marks, or marks that do not belong to the samples one to one.
    """
    _check(samples, marks)
    return 100.0 * fsum(mark.value for mark in marks) / len(marks)


@dataclass(frozen=True, slots=True)
class ScaledMean:
    """Give `factor` times what `mean` gives: a benchmark's own scale."""

    factor: float

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks as `mean` does.

        Raises:
            InvalidData: as `mean`.
        """
        return self.factor * mean(samples, marks)

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Clusters, instead: Instead = None
    ) -> list[float]:
        """Pool as `LeavesOut` says."""
        _check_both(samples, marks, instead)
        if (quick := leaving_out.means(_whole(marks, instead, clusters))) is not None:
            return [self.factor * value for value in quick]
        total, pooled = exact(mark.value for mark in marks), []
        for cluster in clusters:
            left = total - exact(marks[place].value for place in cluster)
            came = exact(instead[place].value for place in cluster) if instead else 0
            count = len(marks) if instead else len(marks) - len(cluster)
            pooled.append(self.factor * (100.0 * float(left + came) / count))
        return pooled


@runtime_checkable
class LeavesOut(Protocol):
    """Stand for a pooling that knows what a cluster's going changes and need not start anew for each."""

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks."""
        ...

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Clusters, instead: Instead = None
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give.

        `instead` gives the marks that come in their place, in the samples' order; None: none do. The sum of all marks
        is exact, so what a cluster takes from it and brings to it leaves the exact sum of a call.
        """
        ...


def _check_both(samples: Sequence[Sample], marks: Sequence[Mark], instead: Instead) -> None:
    _check(samples, marks)
    if instead is not None:
        _check(samples, instead)


def _whole(marks: Sequence[Mark], instead: Instead, clusters: Clusters) -> Exchange | None:
    come = None if instead is None else (mark.value for mark in instead)
    return Exchange.whole((mark.value for mark in marks), come, clusters)


def _mean_of(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _product_of(values: Sequence[float]) -> float:
    # Floating-point products depend on the order; the pooled number must not.
    return prod(sorted(values))


@dataclass(frozen=True, slots=True)
class GroupMean:
    """Average one value for each group that `sample.meta[key]` makes.

    Rule: 100 / |G| x sum over g in G of of_group(marks of g). Groups of different size weigh the same.
    """

    key: str
    of_group: Callable[[Sequence[float]], float]

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks as `mean` does.

        Raises:
            InvalidData: as `mean`.
        """
        _check(samples, marks)
        return 100.0 * _mean_of([self.of_group(values) for values in self._groups(samples, marks).values()])

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Clusters, instead: Instead = None
    ) -> list[float]:
        """Pool as `LeavesOut` says; only the groups that a cluster touches are valued again.

        A group that a cluster holds alone vanishes with it.
        """
        _check_both(samples, marks, instead)
        ways = ((_product_of, leaving_out.shares_of_groups), (_mean_of, leaving_out.means_of_groups))
        whole, way = _whole(marks, instead, clusters), dict[object, _Way](ways).get(self.of_group)
        if whole and way and (quick := way(whole, [sample.meta[self.key] for sample in samples])) is not None:
            return quick
        groups = self._groups(samples, marks)
        valued = {name: self.of_group(values) for name, values in groups.items()}
        total, pooled = exact(valued.values()), []
        for cluster in clusters:
            changed: dict[str, list[float]] = {}
            for place in cluster:
                name = samples[place].meta[self.key]
                exchange(changed, name, groups[name], marks[place], instead[place] if instead else None)
            left = total - exact(valued[name] for name in changed)
            came = exact(self.of_group(values) for values in changed.values() if values)
            count = len(valued) - sum(not values for values in changed.values())
            pooled.append(100.0 * (float(left + came) / count))
        return pooled

    def _groups(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> dict[str, list[float]]:
        groups: dict[str, list[float]] = defaultdict(list)
        for sample, mark in zip(samples, marks, strict=True):
            groups[sample.meta[self.key]].append(mark.value)
        return groups


def mean_of_groups(key: str) -> GroupMean:
    """Give the pooling that averages the means of the groups; with groups of one size this is `mean`."""
    return GroupMean(key, _mean_of)


def all_right(key: str) -> GroupMean:
    """Give the pooling that counts the groups whose every mark is 1: 100 x their share of all groups.

    A group's value is the product of its marks, so that expected marks (`blind.uniform_guess`) give the expected share
    for guesses that are independent of each other.
    """
    return GroupMean(key, _product_of)


@dataclass(frozen=True, slots=True)
class SumOfTasks:
    """Add what the tasks are worth, each by its marks and by its pairs of marks.

    Rule: sum over tasks t of 100 x mean(marks of t) + 100 x share of the pairs of t with both marks 1, so a task is on
    0-200. `sample.meta[task]` and `sample.meta[pair]` tell the tasks and, within them, the pairs. Expected marks count
    as in `all_right`.
    """

    task: str
    pair: str

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks as `mean` does.

        Raises:
            InvalidData: as `mean`, or a pair has not two marks.
        """
        _check(samples, marks)
        return 100.0 * fsum(_Task(pairs, _sums(pairs)).worth({}) for pairs in self._tasks(samples, marks).values())

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Clusters, instead: Instead = None
    ) -> list[float]:
        """Pool as `LeavesOut` says; only the pairs that a cluster touches are valued again.

        A task that a cluster holds alone vanishes with it.

        Raises:
            InvalidData: a cluster splits a pair.
        """
        _check_both(samples, marks, instead)
        if (whole := _whole(marks, instead, clusters)) is not None:
            names = ([sample.meta[key] for sample in samples] for key in (self.task, self.pair))
            if (quick := leaving_out.sums_of_tasks(whole, *names)) is not None:
                return quick
        tasks = {task: _Task(pairs, _sums(pairs)) for task, pairs in self._tasks(samples, marks).items()}
        worths, pooled = {task: one.worth({}) for task, one in tasks.items()}, []
        for cluster in clusters:
            touched: dict[str, dict[str, list[float]]] = defaultdict(dict)
            for place in cluster:
                task, pair = samples[place].meta[self.task], samples[place].meta[self.pair]
                come = instead[place] if instead else None
                exchange(touched[task], pair, tasks[task].pairs[pair], marks[place], come)
            changed = worths | {task: tasks[task].worth(pairs) for task, pairs in touched.items()}
            pooled.append(100.0 * fsum(changed.values()))
        return pooled

    def _tasks(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> dict[str, dict[str, list[float]]]:
        tasks: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for sample, mark in zip(samples, marks, strict=True):
            tasks[sample.meta[self.task]][sample.meta[self.pair]].append(mark.value)
        return tasks


@dataclass(frozen=True, slots=True)
class _Task:
    """Hold the pairs of a task with the exact sums over its marks and over the products of its pairs."""

    pairs: Mapping[str, Sequence[float]]
    sums: tuple[Fraction | int, Fraction | int]

    def worth(self, changed: Mapping[str, Sequence[float]]) -> float:
        """Give mean of the marks + mean of the products, with the marks of some pairs changed; no marks: no such pair.

        Raises:
            InvalidData: a changed pair has neither two marks nor none.
        """
        gone, came = _sums({pair: self.pairs[pair] for pair in changed}), _sums(changed)
        marks, products = (whole - less + more for whole, less, more in zip(self.sums, gone, came, strict=True))
        count = len(self.pairs) - sum(not values for values in changed.values())
        return float(marks) / (2 * count) + float(products) / count if count else 0.0


def _sums(pairs: Mapping[str, Sequence[float]]) -> tuple[Fraction | int, Fraction | int]:
    whole = [values for values in pairs.values() if values]
    for pair, values in pairs.items():
        if len(values) not in (0, 2):
            raise InvalidData(f"pair {pair!r} has {len(values)} marks, expected two")
    return exact(value for values in whole for value in values), exact(map(_product_of, whole))
