"""Turn marks into one number on the benchmark's unit. Sums are exact, so the order of the samples never matters."""

from collections import defaultdict
from collections.abc import Callable, Sequence
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


def mean_of_groups(key: str) -> Pool:
    """Give the pooling that averages the means of the groups that `sample.meta[key]` makes.

    Rule: 100 / |G| x sum over g in G of mean(marks of g). Groups of different size weigh the same; with groups of one
    size this is `mean`.
    """

    def pool(samples: Sequence[Sample], marks: Sequence[Mark]) -> float:
        _check(samples, marks)
        groups: dict[str, list[float]] = defaultdict(list)
        for sample, mark in zip(samples, marks, strict=True):
            groups[sample.meta[key]].append(mark.value)
        return 100.0 * fsum(fsum(values) / len(values) for values in groups.values()) / len(groups)

    return pool
