"""Find a benchmark's questions among what a model was trained on: the same picture with the same words.

Pictures are compared by the SHA-256 of their encoded bytes, words without case and spaces. What was encoded again,
cropped or said in other words is not seen: an empty answer says that nothing was copied, not that nothing is alike.
"""

from collections.abc import Iterable, Sequence

from benchmarks.card import Sample
from harness.errors import InvalidEvidence

Shown = tuple[str, str]
"""Picture's SHA-256, and a question asked about it in training."""
NAMED = 3


def overlap(samples: Sequence[Sample], shown: Iterable[Shown]) -> tuple[str, ...]:
    """Return the ids of the samples that training showed: one of their pictures, asked the same question."""
    seen = {(picture, _words(question)) for picture, question in shown}
    return tuple(
        one.id for one in samples if any((picture.digest, _words(one.question)) in seen for picture in one.pictures)
    )


def demand_unseen(benchmark: str, samples: Sequence[Sample], shown: Iterable[Shown]) -> None:
    """Demand that training showed none of a benchmark's questions.

    Raises:
        InvalidEvidence: it did; the message counts them and names some.
    """
    found = overlap(samples, shown)
    if found:
        raise InvalidEvidence(
            f"the training data hold {len(found):,} of the {len(samples):,} questions of {benchmark} with their "
            f"pictures ({', '.join(found[:NAMED])}): a score on them measures memory"
        )


def _words(question: str) -> str:
    return "".join(question.split()).casefold()
