"""Turn marks into one number on the benchmark's unit. Sums are exact, so the order of the samples never matters."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
