"""Name what a table holds beside plain numbers: cells that were not used, and cells whose reading had to be chosen."""

from collections import defaultdict

from harness.audit.cell import Cell
from harness.audit.finding import Finding, places
from harness.audit.table import Table

_UNUSED = {
    "range": ("a range stands where a number is expected", "A range is no single score; it was not used."),
    "several": ("several numbers stand in one cell", "It does not say which number is the score; none was used."),
    "bound": ("a bound or an estimate stands where a number is expected", "It was not used."),
    "merged": ("one number stands across several columns", "It does not say whose score it is; it was not used."),
    "words": ("words stand where a number is expected", "They were not used."),
}
_CHOSEN = ("read as", "separator", "decimal comma")


def check(table: Table) -> list[Finding]:
    """Make one note of each kind for a table."""
    by_kind: dict[str, list[tuple[int, int]]] = defaultdict(list)
    chosen: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, cell in sorted(table.cells.items()):
        if not table.rows[at[0]].is_model:
            continue
        if cell.kind in _UNUSED:
            by_kind[cell.kind].append(at)
        for remark in cell.remarks:
            if cell.number is not None:
                chosen[_kind(remark)].append(at)
    found = [
        Finding("reading", "note", places(table, at), f"{_cells(at)}: {_UNUSED[kind][0]}", _UNUSED[kind][1])
        for kind, at in by_kind.items()
    ]
    missing = [at for at, cell in sorted(table.cells.items()) if _is_score_gap(table, at, cell)]
    if missing:
        said = f"{_cells(missing)} without a number: empty, a dash or n/a"
        found.append(Finding("reading", "note", places(table, missing), said, "They were read as missing."))
    for kind, at in chosen.items():
        said = f"{_cells(at)}: {kind}, for example '{table.cells[at[0]].text}'"
        found.append(
            Finding("reading", "note", places(table, at), said, "The number before it was read; see the cells.")
        )
    left = [row.label for row in table.rows if not row.is_model]
    if left:
        said = f"rows taken for changes, means, chance or people: {', '.join(left[:20])}"
        found.append(
            Finding("reading", "note", (), said, "They hold no model's scores and were left out of the checks.")
        )
    unread = [field.label for field in table.fields if field.meaning.role == "other"]
    if unread:
        said = f"columns not recognised: {', '.join(unread[:20])}"
        why = "Their range and counts are not known. Map them with a TOML file if they are columns of the suite."
        found.append(Finding("reading", "note", (), said, why))
    return found


def _is_score_gap(table: Table, at: tuple[int, int], cell: Cell) -> bool:
    return cell.kind == "missing" and table.fields[at[1]].is_score and table.rows[at[0]].is_model


def _kind(remark: str) -> str:
    """Group remarks that differ in their content only."""
    if any(word in remark for word in _CHOSEN) or "one cell over" in remark or remark == "in brackets":
        return remark
    return "a footnote mark was taken off" if remark.startswith("mark") else "something beside the number was not used"


def _cells(at: list[tuple[int, int]]) -> str:
    return "1 cell" if len(at) == 1 else f"{len(at)} cells"
