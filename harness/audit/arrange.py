"""Understand a sheet: find its header, its labels and its columns, whichever way round it stands.

A table may have models as rows or as columns (it is turned over if its first column holds more known benchmarks than
its header), several header rows, section rows, columns of ticks that name encoders, and rules that part it into blocks.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from harness.audit.cell import Cell, Commas, read_cell, votes
from harness.audit.headers import clean, recognise
from harness.audit.mapping import Mapping
from harness.audit.sheet import Raw, Sheet
from harness.audit.table import Field, Meaning, Row, Table
from harness.audit.tops import settle

MOST_HEADS = 6
_TICKS = frozenset("✓✔☑√")
_BLANKS = frozenset(("", "-", "–", "—", "✗", "✘", "×"))
_RUNS = re.compile(
    r"(?:average|averaged|mean)\w*\s(?:\w+\s){0,4}?(\d+|two|three|four|five|ten)\s(?:\w+\s){0,2}?(?:runs|seeds|trials)",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"(?:Δ|∆|delta|diff(?:erence)?|gain|improve(?:ment|d)?|relative|vs\.?|std|s\.?d\.?|change|average|avg\.?|mean|median|"
    r"max|min|best|worst|information gap|ig|d.?gap|random|chance|human|majority|frequent|#|total|count|number of|n)"
    r"(?=$|[\s(:])",
    re.IGNORECASE,
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


def wide(sheet: Sheet, mapping: Mapping) -> Table:
    """Arrange a table with one model a row (or a column, which is turned over)."""
    remarks: list[str] = []
    heads = _heads(sheet)
    if _known(row[0] for row in sheet.rows[1:]) > _known(sheet.rows[0][1:]) and _known_below(sheet, heads) < 2:
        sheet = sheet.transposed()
        heads = _heads(sheet)
        remarks.append("turned over: its first column holds the benchmarks")
    meanings = [_meaning(sheet, place, heads, mapping) for place in range(sheet.width)]
    meanings = [_by_content(sheet, place, heads, meaning) for place, meaning in enumerate(meanings)]
    meanings = _by_neighbours(meanings)
    labels = [" / ".join(_parts(sheet, place, heads)) for place in range(sheet.width)]
    commas = _commas(sheet, heads, meanings)
    rows, origin = _rows(sheet, heads, meanings, labels)
    cells: dict[tuple[int, int], Cell] = {}
    for row, at in enumerate(origin):
        for place, meaning in enumerate(meanings):
            if meaning.role not in ("label", "attribute", "ignored"):
                cells[row, place] = _read(sheet.rows[at][place], meaning, commas)
    fields = tuple(
        _field(label, meaning, [cells[row, place] for row in range(len(rows)) if (row, place) in cells], mapping)
        for place, (label, meaning) in enumerate(zip(labels, meanings, strict=True))
    )
    return Table(sheet.name, sheet.caption, fields, rows, cells, runs_of(sheet.caption), tuple(remarks))


def runs_of(caption: str) -> int:
    """Return over how many runs a caption says its numbers are averaged; 1 where it says nothing."""
    found = _RUNS.search(caption)
    return 1 if found is None else max(1, int(_WORDS.get(found.group(1).lower(), found.group(1))))


def _known(cells: object) -> int:
    return sum(recognise([cell.text]).role in ("benchmark", "neighbour") for cell in cells)  # pyright: ignore


def _known_below(sheet: Sheet, heads: int) -> int:
    return max((_known(row[1:]) for row in sheet.rows[:heads]), default=0)


def _numeric(raw: Raw) -> bool:
    return not raw.shadow and read_cell(raw.text).kind in ("number", "range", "several", "bound")


def _is_section(row: Sequence[Raw], in_head: bool = False) -> bool:
    """Tell whether a row is one text that stands for the rows below it.

    In a header one text over some columns names these columns; only one that begins on the left is a section there.
    """
    texts = [cell for cell in row if cell.text and not cell.shadow]
    if len(texts) != 1 or len(row) < 3 or (in_head and texts[0] is not row[0]):
        return False
    return not _numeric(texts[0]) and (texts[0].across > 1 or texts[0] is row[0])


def _heads(sheet: Sheet) -> int:
    """Count the header rows: those the format marks, and further ones without a number."""
    heads = sheet.heads if sheet.heads and sheet.heads < len(sheet.rows) else 1
    while heads < min(MOST_HEADS, len(sheet.rows) - 1):
        row = sheet.rows[heads]
        words = [cell for cell in row[1:] if cell.text and not cell.shadow]
        if any(_numeric(cell) for cell in row) or _is_section(row, in_head=True) or not words:
            break
        if not any(recognise([cell.text]).role in ("benchmark", "neighbour", "average") for cell in words):
            break
        heads += 1
    return heads


def _parts(sheet: Sheet, place: int, heads: int) -> list[str]:
    found: list[str] = []
    for row in sheet.rows[:heads]:
        text = row[place].text
        if text and text not in found and not _is_section(row, in_head=True):
            found.append(text)
    return found


def _meaning(sheet: Sheet, place: int, heads: int, mapping: Mapping) -> Meaning:
    parts = _parts(sheet, place, heads)
    for label in (" / ".join(parts), *reversed(parts)):
        if corrected := mapping.meaning(label):
            return corrected
    return recognise(parts)


def _by_content(sheet: Sheet, place: int, heads: int, meaning: Meaning) -> Meaning:
    """Tell columns of words from columns of numbers, where the header could not."""
    if meaning.role != "other":
        return meaning
    texts = [row[place] for row in sheet.rows[heads:] if not _is_section(row) and row[place].text]
    numbers = sum(_numeric(cell) for cell in texts)
    if 2 * numbers <= len(texts):
        return replace(meaning, role="label", why="holds words")
    return meaning


def _by_neighbours(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Say what averages without a name cover, where several stand each beside the columns of one group."""
    found = list(meanings)
    nameless = [place for place, it in enumerate(found) if it.role == "average" and it.covers == "unstated"]
    if len(nameless) < 2:
        return found
    for step, side in ((1, "before"), (-1, "behind")):
        groups: dict[int, str] = {}
        for place in nameless:
            run: list[str] = []
            at = place + step
            while 0 <= at < len(found) and (known := found[at].benchmark) is not None:
                run.append(known.group)
                at += step
            if len(run) >= 2 and len(set(run)) == 1:
                groups[place] = run[0]
        if len(groups) >= 2:
            for place, group in groups.items():
                found[place] = replace(found[place], covers=group, why=f"stands {side} the columns of {group}")  # pyright: ignore
            break
    return found


def _commas(sheet: Sheet, heads: int, meanings: Sequence[Meaning]) -> Commas:
    """Let all cells vote on what a comma is; a table that uses both marks for decimals leaves it open."""
    seen = {
        votes(row[place].text)
        for row in sheet.rows[heads:]
        for place, meaning in enumerate(meanings)
        if meaning.role not in ("label", "attribute", "ignored")
    } - {"unknown"}
    return next(iter(seen)) if len(seen) == 1 else "unknown"  # pyright: ignore[reportReturnType]


def _rows(
    sheet: Sheet, heads: int, meanings: Sequence[Meaning], labels: Sequence[str]
) -> tuple[tuple[Row, ...], list[int]]:
    """Name the rows that hold data; return them with their places in the sheet."""
    naming = [place for place, meaning in enumerate(meanings) if meaning.role == "label"]
    body = [at for at in range(heads, len(sheet.rows)) if not _is_section(sheet.rows[at])]
    ticks = {
        place
        for place in naming
        if (texts := {sheet.rows[at][place].text for at in body}) & _TICKS and texts <= _TICKS | _BLANKS
    }
    counted = {
        place
        for place in naming
        if place not in ticks and len(naming) > 1 and all(sheet.rows[at][place].text.isdigit() for at in body)
    }
    rows: list[Row] = []
    origin: list[int] = []
    section, block = "", 0
    for at in range(heads, len(sheet.rows)):
        row = sheet.rows[at]
        block += at in sheet.breaks
        if _is_section(row):
            section, block = next(cell.text for cell in row if cell.text), block + 1
            continue
        if not any(cell.text for cell in row):
            continue
        names = [clean(row[place].text) for place in naming if place not in ticks | counted and row[place].text]
        ticked = "+".join(labels[place] for place in naming if place in ticks and row[place].text in _TICKS)
        label = " · ".join(dict.fromkeys([*(name for name in names if name), *([ticked] if ticked else [])]))
        signed = [cell.text for cell in row if _numeric(cell) and cell.text[:1] in "+-\u2212"]
        told_apart = len(signed) > 1 or any(text.startswith("+") for text in signed)
        changes = told_apart and 2 * len(signed) > sum(_numeric(cell) for cell in row)
        told = [row[place].text for place, meaning in enumerate(meanings) if meaning.role == "attribute"]
        told += [f"line {at}" for place in naming if row[place].down > 1]
        is_model = not (changes or _NO_MODEL.match(label))
        rows.append(Row(label or f"row {len(rows) + 1}", section, block, is_model, ", ".join(told)))
        origin.append(at)
    return tuple(rows), origin


def _read(raw: Raw, meaning: Meaning, commas: Commas) -> Cell:
    """Read one cell of a column of numbers, and say so where it was merged."""
    largest = max((known.published_max if (known := meaning.benchmark or meaning.neighbour) else 100), 100)
    if meaning.benchmark and meaning.benchmark.name == "mme":
        largest = 2800
    cell = read_cell(raw.text, commas, largest, raw.bold, raw.line)
    if raw.across > 1 and cell.kind == "number":
        return replace(cell, kind="merged", number=None, remarks=(f"one cell over {raw.across} columns",))
    if raw.down > 1 and cell.number is not None:
        return replace(cell, remarks=(*cell.remarks, f"one cell over {raw.down} rows"))
    first, slash, second = cell.text.partition("/")
    if cell.kind == "several" and slash and meaning.benchmark and meaning.benchmark.name == "mme":
        both = [read_cell(part, commas, 2800) for part in (first, second)]
        if all(part.number for part in both) and 800 < both[0].value <= 2000 and both[1].value <= 800:
            return replace(both[0], text=cell.text, line=raw.line, remarks=("read as perception / cognition",))
    return cell


def _field(label: str, meaning: Meaning, cells: Sequence[Cell], mapping: Mapping) -> Field:
    known = meaning.benchmark or meaning.neighbour
    names = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in (label, known.name if known else "")]
    units = next((mapping.units[name] for name in names if name in mapping.units), None)
    top = next((mapping.tops[name] for name in names if name in mapping.tops), None)
    if top is not None:
        return Field(label, meaning, top, True, units=units)
    numbers = [cell for cell in cells if cell.number is not None]
    percent = 2 * sum(cell.percent for cell in numbers) > len(numbers)
    return Field(label, meaning, settle(meaning, [cell.value for cell in numbers], percent), units=units)
