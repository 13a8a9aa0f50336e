"""Write scores as one CSV table and read them back unchanged: one row an entry, one column a field.

Nested fields are named with a dot (`entry.trained`, `signature.line` is not stored, its parts are). Numbers are written
as Python's shortest text that reads back as the same number. Rows stand in table order: recipe, seed, trained subset
(small ones first, then by name), kept subset (large ones first), operator, benchmark in the suite's column order.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchmarks.suite import COLUMNS
from harness.errors import InvalidEvidence
from harness.schema.entry import Entry
from harness.schema.score import Score, Signature

SIZE_LIMIT = 64 * 2**20
_ENTRY = tuple(f"entry.{name}" for name in Entry.model_fields)
_SIGNATURE = tuple(f"signature.{name}" for name in Signature.model_fields)
_PLAIN = tuple(name for name in Score.model_fields if name not in ("entry", "signature"))
FIELDS = (*_ENTRY, *_PLAIN, *_SIGNATURE)
# A column of its own only where a row states it: a table of zero masks is written as before there were others.
OPERATOR = "entry.mask"
_SUITE = {column.name: place for place, column in enumerate(COLUMNS)}


def in_table_order(scores: Iterable[Score]) -> list[Score]:
    """Sort scores as the table prints them."""
    return sorted(scores, key=lambda score: _place(score.entry))


def to_csv(scores: Iterable[Score]) -> bytes:
    """Write the table's bytes; equal scores give equal bytes, whatever their order.

    Raises:
        InvalidEvidence: one entry has two scores.
    """
    rows = in_table_order(scores)
    slugs = [row.entry.slug for row in rows]
    if len(set(slugs)) != len(slugs):
        twice = next(slug for slug in slugs if slugs.count(slug) > 1)
        raise InvalidEvidence(f"the table has two scores for {twice}")
    text = io.StringIO()
    stated = any(row.entry.mask for row in rows)
    writer = csv.DictWriter(text, FIELDS if stated else _without_operator(), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_flat(row) for row in rows)
    return text.getvalue().encode()


def read(path: Path) -> tuple[Score, ...]:
    """Read a table.

    Raises:
        InvalidEvidence: the file is absent, too large, edited into another form, or a row is no score.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent; a table of scores was expected there")
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; a table has at most {SIZE_LIMIT:,}")
    data = path.read_bytes()
    try:
        reader = csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
        if tuple(reader.fieldnames or ()) not in (FIELDS, _without_operator()):
            raise InvalidEvidence(f"{path}: expected the columns {', '.join(FIELDS)}; found {reader.fieldnames}")
        scores = tuple(_nested(row) for row in reader)
    except (UnicodeDecodeError, csv.Error, ValidationError) as error:
        raise InvalidEvidence(f"{path} is no table of scores: {error}") from error
    if to_csv(scores) != data:
        raise InvalidEvidence(f"{path} is not in canonical form: rows out of order, or it was edited")
    return scores


def _without_operator() -> tuple[str, ...]:
    return tuple(name for name in FIELDS if name != OPERATOR)


def _flat(score: Score) -> dict[str, Any]:
    plain = score.plain()
    nested = {f"{above}.{name}": value for above in ("entry", "signature") for name, value in plain[above].items()}
    row = {**nested, **{name: plain[name] for name in _PLAIN}}
    return {name: repr(value) if isinstance(value, float) else value for name, value in row.items()}


def _nested(row: dict[str | Any, Any]) -> Score:
    parts: dict[str, Any] = {"entry": {}, "signature": {}}
    for name, text in row.items():
        if name == OPERATOR and not text:
            continue
        above, _, below = str(name).rpartition(".")
        (parts[above] if above else parts)[below] = text
    # Text is what CSV holds; pydantic reads numbers from it, and the canonical form is compared afterwards.
    return Score.model_validate(parts, strict=False)


def _place(entry: Entry) -> tuple[Any, ...]:
    column = _SUITE.get(entry.benchmark, len(_SUITE))
    return (
        entry.recipe,
        entry.seed,
        len(entry.trained),
        entry.trained.slug,
        -len(entry.kept),
        entry.kept.slug,
        entry.mask or "",
        column,
        entry.benchmark,
    )
