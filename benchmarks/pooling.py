"""Turn marks into one number on the benchmark's unit. Sums are exact, so the order of the samples never matters."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum

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
class GroupMean:
    """Average the means of the groups that `sample.meta[key]` makes.

    Rule: 100 / |G| x sum over g in G of mean(marks of g). Groups of different size weigh the same; with groups of one
    size this is `mean`.
    """

    key: str

    def __call__(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        """Pool marks as `mean` does.

        Raises:
            InvalidData: as `mean`.
        """
        _check(samples, marks)
        return _of_means([fsum(values) / len(values) for values in self._groups(samples, marks).values()])

    def without_each(
        self, samples: Sequence[Sample], marks: Sequence[Mark], clusters: Sequence[Sequence[int]]
    ) -> list[float]:
        """Pool all marks but those of one cluster, for each cluster in turn; to the last bit what a call would give.

        Only the groups that a cluster touches are added up again. A group that a cluster holds alone vanishes with it.
        """
        groups = self._groups(samples, marks)
        means = {name: fsum(values) / len(values) for name, values in groups.items()}
        pooled = []
        for cluster in clusters:
            gone: dict[str, list[float]] = defaultdict(list)
            for place in cluster:
                gone[samples[place].meta[self.key]].append(marks[place].value)
            changed = dict(means)
            for name, values in gone.items():
                left = list(groups[name])
                for value in values:
                    left.remove(value)
                if left:
                    changed[name] = fsum(left) / len(left)
                else:
                    del changed[name]
            pooled.append(_of_means(list(changed.values())))
        return pooled

    def _groups(self, samples: Sequence[Sample], marks: Sequence[Mark]) -> dict[str, list[float]]:
        groups: dict[str, list[float]] = defaultdict(list)
        for sample, mark in zip(samples, marks, strict=True):
            groups[sample.meta[self.key]].append(mark.value)
        return groups


def mean_of_groups(key: str) -> GroupMean:
    """Give the pooling that averages the means of the groups that `sample.meta[key]` makes."""
    return GroupMean(key)


def _of_means(means: Sequence[float]) -> float:
    return 100.0 * fsum(means) / len(means)
