"""Carry questions without their pictures: everything that marks and pools an answer, one canonical JSON object a line.

A picture is represented by its digest, so the digest over questions and pictures that answers were asked with can be
computed again without an image.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field

from benchmarks.card import Picture, Sample
from benchmarks.load import digest_of
from harness.errors import InvalidEvidence
from harness.record import strict_json
from harness.schema.frozen import Frozen, canonical

SIZE_LIMIT = 64 * 2**20


class Question(Frozen):
    """Hold one sample; `pictures` are SHA-256 digests of the encoded images."""

    id: str
    question: str
    pictures: tuple[str, ...]
    choices: tuple[str, ...]
    answers: tuple[str, ...] = Field(min_length=1)
    category: str
    kind: str
    cluster: str
    meta: Mapping[str, str]


def write(samples: Sequence[Sample]) -> bytes:
    """Return the lines of a benchmark's samples, in order."""
    return b"".join(canonical(_question(sample).plain()) + b"\n" for sample in samples)


def read(path: Path) -> tuple[tuple[Sample, ...], str]:
    """Read samples back, and their digest; a picture cannot be opened.

    Raises:
        InvalidEvidence: the file is absent, empty, too large, not in canonical form, or has an id twice.
    """
    if not path.is_file() or not 0 < path.stat().st_size <= SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent, empty or larger than {SIZE_LIMIT:,} bytes")
    lines = path.read_bytes().splitlines()
    found = [strict_json.parse(Question, line, f"{path}, line {number:,}") for number, line in enumerate(lines, 1)]
    if len({one.id for one in found}) != len(found):
        raise InvalidEvidence(f"{path}: a question stands twice")
    samples = tuple(_sample(one, path) for one in found)
    return samples, digest_of(samples)


def _question(sample: Sample) -> Question:
    return Question(
        id=sample.id,
        question=sample.question,
        pictures=tuple(picture.digest for picture in sample.pictures),
        choices=sample.choices,
        answers=sample.answers,
        category=sample.category,
        kind=sample.kind,
        cluster=sample.cluster,
        meta=dict(sample.meta),
    )


def _sample(one: Question, path: Path) -> Sample:
    def closed() -> bytes:
        raise InvalidEvidence(f"{path} carries digests of pictures, not pictures")

    pictures = tuple(Picture(digest, closed) for digest in one.pictures)
    return Sample(
        one.id, one.question, pictures, one.choices, one.answers, one.category, one.kind, one.cluster, dict(one.meta)
    )
