"""Read per-sample marks that any harness wrote, one JSON object a line or CSV with a header, strictly; write ours.

A line says `id` (text or a whole number), `mark` (0 to 1; true and false in JSON) and, where samples share an image or
a document, a field that names it. Fields that nothing asks for are left alone. Refused are: an id twice, absent marks,
NaN, infinity, a key twice in one object, and ids with control characters or in another form than Unicode's NFC.
"""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.card import Mark, Sample
from harness.errors import InvalidEvidence

SIZE_LIMIT = 512 * 2**20
LINE_LIMIT = 2**20
ROWS_LIMIT = 5_000_000
CLUSTER = "cluster"
EXAMPLE = '{"id": "q1", "mark": 1}'


@dataclass(frozen=True, slots=True)
class MarkFile:
    """Hold marks in [0, 1] by sample id, and clusters by sample id; no clusters where the file names none."""

    marks: dict[str, float]
    clusters: dict[str, str]


def read(path: Path, cluster: str = "") -> MarkFile:
    """Read a file of marks; `cluster` names the field that groups samples, by default `cluster` where it is there.

    Raises:
        InvalidEvidence: the file is absent, empty, too large or malformed, or a line says what no mark can be; the
            message names the line.
    """
    text = _text(path)
    rows = _objects(text, path) if text.lstrip().startswith(("{", "[")) else _records(text, path)
    marks: dict[str, float] = {}
    clusters: dict[str, str] = {}
    for number, row in rows:
        where = f"{path}, line {number:,}"
        sample = _name(row.get("id"), "id", where)
        if sample in marks:
            raise InvalidEvidence(f"{where}: id {sample!r} stands twice; every sample has one mark")
        if len(marks) == ROWS_LIMIT:
            raise InvalidEvidence(f"{where}: more than {ROWS_LIMIT:,} marks")
        marks[sample] = _mark(row.get("mark"), where)
        if (cluster or CLUSTER) in row:
            clusters[sample] = _name(row[cluster or CLUSTER], cluster or CLUSTER, where)
    if not marks:
        raise InvalidEvidence(f"{path} holds no marks; an empty file is no evidence")
    if len(clusters) != len(marks) and (clusters or cluster):
        missing = next(sample for sample in marks if sample not in clusters)
        raise InvalidEvidence(f"{path}: sample {missing!r} has no field {cluster or CLUSTER!r}; all samples need one")
    return MarkFile(marks, clusters)


def lines(samples: Sequence[Sample], marks: Sequence[Mark]) -> bytes:
    """Write our own marks as a file that `read` takes; beside what it asks for, what was read from each answer and how.

    A float is written as its shortest text that reads back as the same number.
    """
    told = (
        {
            "id": mark.sample_id,
            "mark": mark.value,
            CLUSTER: sample.cluster,
            "extracted": mark.extracted,
            "rule": mark.rule,
        }
        for sample, mark in zip(samples, marks, strict=True)
    )
    return b"".join(json.dumps(one, allow_nan=False).encode() + b"\n" for one in told)


def read_ids(path: Path) -> tuple[str, ...]:
    """Read the ids of a slice that was declared beforehand, one a line.

    Raises:
        InvalidEvidence: the file is absent, too large, empty or no text, or names a sample twice.
    """
    text = _text(path)
    named = [_name(line, "id", f"{path}, line {number:,}") for number, line in enumerate(text.splitlines(), start=1)]
    if not named or len(set(named)) != len(named):
        raise InvalidEvidence(f"{path} names no sample, or one twice; a slice lists each id once, one a line")
    return tuple(named)


def _text(path: Path) -> str:
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent or no plain file; a file of marks was expected there")
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; marks have at most {SIZE_LIMIT:,}")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidEvidence(f"{path} is no UTF-8 text: {error}") from error


def _objects(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of JSON lines with their line numbers."""
    for number, line in enumerate(text.rstrip().split("\n"), start=1):
        where = f"{path}, line {number:,}"
        if len(line) > LINE_LIMIT:
            raise InvalidEvidence(f"{where} has {len(line):,} characters; a mark has at most {LINE_LIMIT:,}")
        try:
            row = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise InvalidEvidence(f"{where}: expected {EXAMPLE}: {error}") from error
        if not isinstance(row, dict):
            raise InvalidEvidence(f"{where}: expected {EXAMPLE}, one object a line")
        yield number, row


def _records(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rows of CSV with their line numbers; marks are read as decimal numbers."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = list(reader.fieldnames or ())
        if "id" not in names or "mark" not in names or len(set(names)) != len(names):
            raise InvalidEvidence(
                f"{path}: expected JSON lines, or CSV whose header names the columns id and mark once; "
                f"found {', '.join(names)[:200] or 'nothing'}"
            )
        for row in reader:
            if None in row or None in row.values():
                raise InvalidEvidence(f"{path}, line {reader.line_num:,}: expected {len(names)} columns")
            yield reader.line_num, {**row, "mark": _decimal(row["mark"])}
    except csv.Error as error:
        raise InvalidEvidence(f"{path}, line {reader.line_num:,} is no CSV: {error}") from error


def _decimal(text: str) -> float | str:
    """Read the plain spelling of a number; anything else stays text, which is no mark."""
    plain = text.strip().isascii() and set(text.strip().lower()) <= set("0123456789.+-e")
    try:
        return float(text) if plain else text
    except ValueError:
        return text


def _mark(value: Any, where: str) -> float:
    # Compared before anything else: NaN is in no range, and a whole number too long for a float must not meet one.
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        shown = repr(value)[:40]
        raise InvalidEvidence(f"{where}: mark {shown}; expected a number from 0 to 1, not points of 100")
    return float(value)


def _name(value: Any, field: str, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise InvalidEvidence(f"{where}: {field} {value!r}; expected a text or a whole number")
    name = str(value)
    if not unicodedata.is_normalized("NFC", name) or not name.isprintable():
        raise InvalidEvidence(f"{where}: {field} {name!r} holds control characters or is not in Unicode's form NFC")
    return name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")
