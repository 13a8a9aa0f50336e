"""List the samples on which two runs differ, one by one: what was said, what mark it got, and what explains it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.card import Mark
from harness.schema.prediction import Prediction
from harness.verify.near_ties import Flip, classify


@dataclass(frozen=True, slots=True)
class Change:
    """Hold one sample whose text or mark differs; `cause` is None where the re-run had other weights."""

    sample_id: str
    stored: str
    rerun: str
    stored_mark: float
    rerun_mark: float
    cause: Flip | None


def changes(
    before: Sequence[Prediction],
    after: Sequence[Prediction],
    marks: tuple[Sequence[Mark], Sequence[Mark]],
    dtype: Literal["float32", "bfloat16"],
    same_weights: bool,
) -> Iterator[Change]:
    """Yield the samples that changed, in order; the two runs' answers and marks stand in one order."""
    for one, other, first, second in zip(before, after, *marks, strict=True):
        if one.text != other.text or first.value != second.value:
            cause = (classify(one, other, dtype) or "unknown") if same_weights else None
            yield Change(one.sample_id, one.text, other.text, first.value, second.value, cause)
