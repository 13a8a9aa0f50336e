"""Arrange a long table, one score a line, as the tables it was taken from: models down, benchmarks across.

Known headers: `model` (or `trained`, `kept` and `mask`), `benchmark`, `score` (`value`, `reported`), and where they are
given `metric`, `scale`, `source`, `seed`, `n`. Each source is a table of its own. A model with several scores of one
benchmark is spread over one column a metric; if the metric is the same too, it becomes two rows of one name.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.audit.cell import Cell, Commas, read_cell, votes
from harness.audit.headers import key, recognise
from harness.audit.mapping import Mapping
from harness.audit.sheet import Sheet
from harness.audit.table import Field, Meaning, Row, Table
from harness.audit.tops import settle

_NAMES = {
    "model": ("model", "label", "modelname", "method", "system"),
    "trained": ("trained",),
    "kept": ("kept",),
    "mask": ("mask",),
    "benchmark": ("benchmark", "task", "dataset", "bench", "benchmarkname"),
    "score": ("reported", "score", "value", "result", "accuracy"),
    "metric": ("metric", "protocol"),
    "scale": ("scale",),
    "source": ("source", "table", "paper", "recipe"),
    "seed": ("seed",),
    "n": ("n", "units"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    benchmark: str
    metric: str
    scale: str
    source: str
    units: int | None
    text: str
    line: int


def places(sheet: Sheet) -> dict[str, int] | None:
    """Find the columns of a long table, or return None where the sheet is none."""
    heads = [key(cell.text.rpartition(".")[2]) for cell in sheet.rows[0]]
    found: dict[str, int] = {}
    for name, spellings in _NAMES.items():
        for spelling in spellings:
            if spelling in heads:
                found.setdefault(name, heads.index(spelling))
    named = "model" in found or "trained" in found
    return found if named and "benchmark" in found and "score" in found else None


def long(sheet: Sheet, mapping: Mapping) -> list[Table]:
    """Arrange the tables of a long sheet, in the order in which their sources first come."""
    found = places(sheet)
    assert found is not None
    lines = [_line(sheet, row, found) for row in range(1, len(sheet.rows))]
    by_source: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_source[line.source].append(line)
    seen = {votes(line.text) for line in lines} - {"unknown"}
    commas: Commas = next(iter(seen)) if len(seen) == 1 else "unknown"  # pyright: ignore[reportAssignmentType]
    own = "trained" in found
    return [
        _table(source or sheet.name, members, commas, own, mapping) for source, members in by_source.items() if members
    ]


def _line(sheet: Sheet, at: int, found: dict[str, int]) -> _Line:
    row = sheet.rows[at]

    def text(name: str) -> str:
        return row[found[name]].text if name in found else ""

    label = text("model")
    if "trained" in found:
        trained, kept = text("trained"), text("kept") or text("trained")
        label = trained if kept == trained else f"{trained} keeps {kept}"
        label += f" by {mask}" if (mask := text("mask")) else ""
    if seed := text("seed"):
        label = f"{label} (seed {seed})"
    units = int(text("n")) if text("n").isascii() and text("n").isdigit() and int(text("n")) > 0 else None
    line = row[found["score"]].line
    return _Line(label, text("benchmark"), text("metric"), text("scale"), text("source"), units, text("score"), line)


def _table(name: str, lines: Sequence[_Line], commas: Commas, own: bool, mapping: Mapping) -> Table:
    times = Counter((line.label, line.benchmark, line.scale) for line in lines)
    repeated = {(benchmark, scale) for (_, benchmark, scale), often in times.items() if often > 1}
    keys: dict[tuple[str, str, str], int] = {}
    rows: list[str] = []
    taken: dict[tuple[int, int], _Line] = {}
    row_of: dict[tuple[str, int], int] = {}
    placed: Counter[tuple[str, int]] = Counter()
    for line in lines:
        metric = line.metric if (line.benchmark, line.scale) in repeated else ""
        place = keys.setdefault((line.benchmark, line.scale, metric), len(keys))
        # The k-th score of a label in one column stands in the k-th row of that label.
        occurrence = placed[line.label, place]
        placed[line.label, place] += 1
        row = row_of.setdefault((line.label, occurrence), len(rows))
        if row == len(rows):
            rows.append(line.label)
        taken[row, place] = line
    meanings = {place: _meaning(label, scale, mapping) for (label, scale, _), place in keys.items()}
    cells = {at: _cell(line, meanings[at[1]], commas) for at, line in taken.items()}
    by_place: dict[int, dict[tuple[int, int], Cell]] = defaultdict(dict)
    for at, cell in cells.items():
        by_place[at[1]][at] = cell
    fields = tuple(
        _field(wanted, meanings[place], by_place.get(place, {}), taken, own, mapping) for wanted, place in keys.items()
    )
    return Table(name, "", fields, tuple(Row(label) for label in rows), cells, source=name)


def _meaning(label: str, scale: str, mapping: Mapping) -> Meaning:
    meaning = mapping.meaning(label) or recognise([label])
    if meaning.benchmark and meaning.benchmark.name == "mme" and scale.endswith("-800"):
        return recognise(["MME cognition"])
    # A benchmark column holds scores by definition, whatever it is called.
    return replace(meaning, role="other") if meaning.role in ("label", "attribute") else meaning


def _cell(line: _Line, meaning: Meaning, commas: Commas) -> Cell:
    largest = known.published_max if (known := meaning.benchmark or meaning.neighbour) else 2800
    return replace(read_cell(line.text, commas, largest, line=line.line), metric=line.metric)


def _field(
    wanted: tuple[str, str, str],
    meaning: Meaning,
    cells: dict[tuple[int, int], Cell],
    taken: dict[tuple[int, int], _Line],
    own: bool,
    mapping: Mapping,
) -> Field:
    label, scale, metric = wanted
    known = meaning.benchmark or meaning.neighbour
    names = [key(label), *([key(known.name)] if known else [])]
    units = next((mapping.units[name] for name in names if name in mapping.units), None)
    stated = {taken[at].units for at in cells}
    if units is None and len(stated) == 1 and (only := next(iter(stated))) is not None:
        units = _scoring_units(meaning, only)
    shown = f"{label} ({metric})" if metric else label
    numbers = [cell for cell in cells.values() if cell.number is not None]
    top = next((mapping.tops[name] for name in names if name in mapping.tops), None) or _stated_top(scale)
    if top is not None:
        return Field(shown, meaning, top, True, metric, units, not own)
    percent = 2 * sum(cell.percent for cell in numbers) > len(numbers)
    return Field(
        shown, meaning, settle(meaning, [cell.value for cell in numbers], percent), False, metric, units, not own
    )


def _stated_top(scale: str) -> int | None:
    top = scale.rpartition("-")[2]
    return int(top) if top.isascii() and top.isdigit() and 0 < int(top) <= 10_000 else None


def _scoring_units(meaning: Meaning, questions: int) -> int | None:
    """Turn a number of questions into scoring units, where the rule is known: pairs are two questions each."""
    counting = meaning.benchmark.counting if meaning.benchmark else "soft"
    if counting == "items":
        return questions
    return questions // 2 if counting == "pairs" and questions % 2 == 0 else None
