"""Turn marks into one number on the benchmark's unit. Sums are exact, so the order of the samples never matters."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, prod
from typing import Protocol, runtime_checkable

from benchmarks.card import Mark, Sample
from benchmarks.errors import InvalidData

Pool = Callable[[Sequence[Sample], Sequence[Mark]], float]


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
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Sequence[Sequence[int]]
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give.

        The sum of all marks is exact, so what a cluster takes from it leaves the exact sum of the others.
        """
        _check(samples, marks)
        total = sum((Fraction(mark.value) for mark in marks), Fraction())
        gone = [sum((Fraction(marks[place].value) for place in cluster), Fraction()) for cluster in clusters]
        kept = [len(marks) - len(cluster) for cluster in clusters]
        return [self.factor * (100.0 * float(total - one) / count) for one, count in zip(gone, kept, strict=True)]


@runtime_checkable
class LeavesOut(Protocol):
    """Stand for a pooling that knows what a cluster's going changes and need not start anew for each."""

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Sequence[Sequence[int]]
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give."""
        ...


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
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Sequence[Sequence[int]]
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give.

        Only the groups that a cluster touches are valued again. A group that a cluster holds alone vanishes with it.
        """
        groups = self._groups(samples, marks)
        valued = {name: self.of_group(values) for name, values in groups.items()}
        pooled = []
        for cluster in clusters:
            gone: dict[str, list[float]] = defaultdict(list)
            for place in cluster:
                gone[samples[place].meta[self.key]].append(marks[place].value)
            changed = dict(valued)
            for name, values in gone.items():
                left = list(groups[name])
                for value in values:
                    left.remove(value)
                if left:
                    changed[name] = self.of_group(left)
                else:
                    del changed[name]
            pooled.append(100.0 * _mean_of(list(changed.values())))
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
        return 100.0 * fsum(self._worth(samples, marks, places) for places in self._places(samples).values())

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Sequence[Sequence[int]]
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give.

        Only the tasks that a cluster touches are valued again. A task that a cluster holds alone vanishes with it.

        Raises:
            InvalidData: a cluster splits a pair.
        """
        tasks = self._places(samples)
        worths = {task: self._worth(samples, marks, places) for task, places in tasks.items()}
        pooled = []
        for cluster in clusters:
            gone, changed = set(cluster), dict(worths)
            for task in {samples[place].meta[self.task] for place in cluster}:
                left = [place for place in tasks[task] if place not in gone]
                if left:
                    changed[task] = self._worth(samples, marks, left)
                else:
                    del changed[task]
            pooled.append(100.0 * fsum(changed.values()))
        return pooled

    def _places(self, samples: Sequence[Sample]) -> dict[str, list[int]]:
        tasks: dict[str, list[int]] = defaultdict(list)
        for place, sample in enumerate(samples):
            tasks[sample.meta[self.task]].append(place)
        return tasks

    def _worth(self, samples: Sequence[Sample], marks: Sequence[Mark], places: Sequence[int]) -> float:
        pairs: dict[str, list[float]] = defaultdict(list)
        for place in places:
            pairs[samples[place].meta[self.pair]].append(marks[place].value)
        for pair, values in pairs.items():
            if len(values) != 2:
                raise InvalidData(f"pair {pair!r} has {len(values)} marks, expected two")
        return _mean_of([marks[place].value for place in places]) + _mean_of([*map(_product_of, pairs.values())])
