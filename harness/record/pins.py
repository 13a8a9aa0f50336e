"""Pin the questions of the accepted benchmarks by content, so that nobody brings easier ones under the same name.

`results/questions.csv` has a row for each set of questions: the benchmark, the digest that headers and signatures
carry, and the SHA-256 of the questions with everything that marks and pools an answer, in the form that bundles hold
(`record.questions`). `harness accept` adds a row when it accepts answers to questions that are not there yet.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from benchmarks.card import Sample
from harness.errors import InvalidEvidence
from harness.record import durable, questions

FIELDS = ("benchmark", "samples", "content")
SIZE_LIMIT = 2**20
NAME, DIGEST = re.compile(r"[a-z0-9_]+"), re.compile(r"[0-9a-f]{64}")

Pins = Mapping[tuple[str, str], str]
"""Benchmark and digest of its samples -> SHA-256 of the questions' whole content."""


def read(path: Path) -> Pins:
    """Read the pins.

    Raises:
        InvalidEvidence: the file is absent, too large, no such table, or pins one set twice.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; it pins the questions")
    try:
        reader = csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True)
        rows = list(reader) if tuple(reader.fieldnames or ()) == FIELDS else []
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidEvidence(f"{path} is no table of pinned questions: {error}") from error
    pins = {(row["benchmark"], row["samples"]): row["content"] for row in rows}
    if not rows or len(pins) != len(rows) or not all(map(_well_formed, rows)):
        raise InvalidEvidence(
            f"{path}: expected rows of {', '.join(FIELDS)}, digests in 64 hex digits, each set of questions once"
        )
    return pins


def _well_formed(row: Mapping[str | None, str | None]) -> bool:
    """Tell whether a row has a name and two digests, and nothing else."""
    texts = [row[field] or "" for field in FIELDS]
    return None not in row and NAME.fullmatch(texts[0]) is not None and all(map(DIGEST.fullmatch, texts[1:]))


def content(samples: Sequence[Sample]) -> str:
    """Return the SHA-256 of a benchmark's questions with everything that marks and pools an answer."""
    return sha256(questions.write(samples)).hexdigest()


def add(path: Path, benchmark: str, digest: str, samples: Sequence[Sample]) -> None:
    """Pin a set of questions; one that is pinned must be as it was.

    Raises:
        InvalidEvidence: it is pinned with another content.
    """
    pins, found = dict(read(path)) if path.exists() else {}, content(samples)
    if pins.setdefault((benchmark, digest), found) != found:
        raise InvalidEvidence.digest(f"the questions of {benchmark}", pins[benchmark, digest], found, f"See {path}.")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([FIELDS, *sorted((*key, value) for key, value in pins.items())])
    durable.write_bytes(path, text.getvalue().encode(), path.with_name(f".{path.name}.partial"))


def demand_pinned(pins: Pins, benchmark: str, digest: str, samples: Sequence[Sample]) -> None:
    """Demand that a stranger's questions are pinned ones.

    Raises:
        InvalidEvidence: they are not, or something in them that marks, pools or clusters answers was changed.
    """
    pinned, found = pins.get((benchmark, digest)), content(samples)
    if pinned is None:
        raise InvalidEvidence(
            f"the questions of {benchmark} with digest {digest} are pinned nowhere here: whoever signed them may have "
            "written them. results/questions.csv holds what is pinned; harness accept pins what it loaded itself."
        )
    if pinned != found:
        raise InvalidEvidence.digest(
            f"the questions of {benchmark}", pinned, found, "A category, a cluster or what marks an answer was changed."
        )
