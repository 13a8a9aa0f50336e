"""Read an auditor's own scores, to be held against published ones: any table that the auditor reads, or JSON.

A long table says `model`, `benchmark` and `score`, and where it can `n` (questions), `standard_error` (or `s.e.`) and
`protocol`; JSON is a list of objects with these keys, or one object a line. In a wide table a score may carry its
standard error as `63.3 ± 0.4`. Where no n is stated, the benchmark's own count is taken.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.audit.audit import arranged
from harness.audit.cell import Cell, read_cell
from harness.audit.headers import key
from harness.audit.long_form import places
from harness.audit.mapping import Mapping
from harness.audit.published import Ours
from harness.audit.read import decoded, read
from harness.audit.sheet import MOST_BYTES, MOST_ROWS, Raw, Sheet
from harness.audit.table import Field, Table
from harness.errors import InvalidEvidence, UsageError

KEYS = ("model", "benchmark", "score", "n", "standard_error", "protocol")
_ERRORS = ("standarderror", "se", "stderr", "sterr")
_PROTOCOLS = ("protocol", "metric")


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold one score of an auditor with its model and its place."""

    model: str
    ours: Ours
    line: int


def read_claims(path: Path, mapping: Mapping, protocol: str = "") -> list[Claim]:
    """Read every score of a benchmark in a file; `protocol` is that of scores which state none.

    Raises:
        UsageError: there is no such file.
        InvalidEvidence: it holds no readable table, no score of a known benchmark, or a score outside its scale.
    """
    sheets = [_objects(path)] if path.suffix.lower() in (".json", ".jsonl") else read(path)
    claims = [claim for sheet in sheets for claim in _of_sheet(sheet, mapping, protocol, str(path))]
    if not claims:
        raise InvalidEvidence(f"{path}: no score of a known benchmark; expected {', '.join(KEYS[:3])}, or a wide table")
    return claims


def _of_sheet(sheet: Sheet, mapping: Mapping, protocol: str, where: str) -> Iterator[Claim]:
    errors = _beside(sheet, _ERRORS)
    counts = _beside(sheet, ("n", "units", "questions"))
    stated = _beside(sheet, _PROTOCOLS)
    for table in arranged(sheet, mapping):
        for column, field in enumerate(table.fields):
            if not field.is_score:
                continue
            for row, cell in table.numbers(column):
                try:
                    ours = _ours(table, row, column, errors.get(cell.line, ""), counts.get(cell.line, ""))
                except UsageError as error:
                    raise InvalidEvidence(f"{where}, line {cell.line}: {error}") from error
                said = _protocol(stated.get(cell.line, "")) or protocol
                yield Claim(table.rows[row].label, replace(ours, protocol=said), cell.line)


def _beside(sheet: Sheet, names: tuple[str, ...]) -> dict[int, str]:
    """Return what a column of a long sheet says, by line; nothing where the sheet is wide or has no such column."""
    found = places(sheet)
    heads = [key(cell.text) for cell in sheet.rows[0]]
    column = next((heads.index(name) for name in names if name in heads), None)
    if found is None or column is None:
        return {}
    return {row[found["score"]].line: row[column].text for row in sheet.rows[1:]}


def _ours(table: Table, row: int, column: int, error: str, count: str) -> Ours:
    field, cell = table.fields[column], table.cells[row, column]
    assert cell.number is not None
    point = float(field.point)
    spread = cell.beside.replace("±", "") if cell.spread else ""
    told = read_cell(error or spread)
    if (error or spread) and told.number is None:
        raise UsageError(f"expected a standard error, came '{error or spread}'")
    return Ours(
        benchmark=field.meaning.name,
        value=float(cell.value) * point,
        n=_units(field, count, cell),
        standard_error=float(told.value) * point if told.number else None,
        rounding=float(cell.number.unit) / 2 * point,
    )


def _units(field: Field, count: str, cell: Cell) -> int:
    """Return how many units a score counts: pairs of questions are one, as are the rotations of one question."""
    known = field.meaning.benchmark or field.meaning.neighbour
    usual = field.meaning.benchmark.units if field.meaning.benchmark else known.steps if known else None
    if not count:
        if usual is None:
            raise UsageError(f"how many questions {field.meaning.name} has is not known; state n beside {cell.text}")
        return usual
    told = read_cell(count, "thousands", 10**9)
    if told.number is None or told.value.denominator != 1 or told.value < 1:
        raise UsageError(f"expected n as a whole number above zero, came '{count}'")
    n = int(told.value)
    grouped = field.meaning.benchmark is not None and field.meaning.benchmark.counting in ("pairs", "groups", "sum")
    return min(n, usual) if grouped and usual else n


def _protocol(text: str) -> str:
    """Return one of our protocols' names where the text is one, whatever its hyphens."""
    names = {"cambrian": "cambrian", "lmmseval": "lmms_eval", "vlmevalkit": "vlmevalkit"}
    return next((name for word, name in names.items() if word in key(text)), "")


def _objects(path: Path) -> Sheet:
    """Lay JSON objects out as a long table.

    Raises:
        UsageError: there is no such file.
        InvalidEvidence: it is too large, no JSON, or holds anything but objects of plain values.
    """
    if not path.is_file():
        raise UsageError(f"no file {path}: expected scores as JSON or as a table")
    if path.stat().st_size > MOST_BYTES:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; scores have at most {MOST_BYTES:,}")
    text = decoded(path.read_bytes(), str(path))
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()] if path.suffix == ".jsonl" else None
        given: Any = json.loads(text) if lines is None else lines
    except (ValueError, RecursionError) as error:
        raise InvalidEvidence(f"{path} is no JSON: {error}") from error
    rows = given if isinstance(given, list) else [given]
    if len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        raise InvalidEvidence(f"{path}: expected at most {MOST_ROWS:,} objects with the keys {', '.join(KEYS)}")
    body = [
        tuple(Raw("" if row.get(name) is None else str(row[name]), line=number) for name in KEYS)
        for number, row in enumerate(rows, start=1)
    ]
    return Sheet("scores", "", (tuple(Raw(name) for name in KEYS), *body))
