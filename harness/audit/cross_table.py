"""Compare what several tables print for one model and one benchmark.

Two cells conflict only if the intervals they stand for do not meet: 1606 and 1606.0 agree. What a conflict weighs
depends on what is said about the two numbers:

    same stated metric, or tables that agree in another cell of that model   inconsistent
    one or both metrics not stated, or one model by a mapping only           unexplained
    different stated metrics                                                 note: two protocols, two numbers
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.audit.cell import Cell
from harness.audit.finding import Finding, Severity, place
from harness.audit.headers import key
from harness.audit.interval import Interval, spoken_interval
from harness.audit.mapping import Mapping
from harness.audit.table import Table

UNSTATED = ("", "as_reported")
MOST_PRINTS = 200


@dataclass(frozen=True, slots=True)
class _Print:
    table: int
    row: int
    column: int
    cell: Cell
    stands: Interval


def check(tables: Sequence[Table], mapping: Mapping) -> list[Finding]:
    """Compare all tables of a file; several scores of one model in one table are compared by the metric they state."""
    prints: dict[str, dict[str, list[_Print]]] = defaultdict(lambda: defaultdict(list))
    for number, table in enumerate(tables):
        names = _names(table)
        for column, field in enumerate(table.fields):
            if not (field.is_score or field.meaning.role == "average"):
                continue
            what = field.meaning.name if field.meaning.name != "average" else f"average {field.label}"
            if members := _members(field.label) if field.meaning.role == "average" else "":
                what = f"{what}, {members} members"
            for row, cell in table.numbers(column):
                stands = table.on_suite(row, column)
                if stands is not None and len(prints[mapping.model(names[row])][what]) < MOST_PRINTS:
                    prints[mapping.model(names[row])][what].append(_Print(number, row, column, cell, stands))
    found: list[Finding] = []
    for model in prints:
        agree = _agreeing(prints[model])
        for what, printed in prints[model].items():
            found += _conflicts(tables, what, printed, agree)
    return found


def _names(table: Table) -> list[str]:
    """Return the rows' labels, with section and details where a label alone names several rows of its table."""
    times = Counter(it.label for it in table.rows)
    return [it.label if times[it.label] == 1 else f"{it.key} | {it.detail}" for it in table.rows]


def _members(label: str) -> str:
    """Tell averages over two members from averages over four: `AVG-Vision-Centric-2` is another thing."""
    return found.group() if (found := re.search(r"[0-9]+$", label)) else ""


def _agreeing(by_benchmark: dict[str, list[_Print]]) -> set[tuple[int, int]]:
    """List the pairs of tables that print one model with the same digits somewhere."""
    found: set[tuple[int, int]] = set()
    for printed in by_benchmark.values():
        for one, two in combinations(printed, 2):
            if one.table != two.table and one.stands.meets(two.stands):
                found.add((one.table, two.table))
    return found


def _conflicts(
    tables: Sequence[Table], what: str, printed: Sequence[_Print], agree: set[tuple[int, int]]
) -> list[Finding]:
    """Make at most one finding of each severity for one model and one benchmark."""
    groups: dict[Severity, list[tuple[_Print, _Print]]] = defaultdict(list)
    for one, two in combinations(printed, 2):
        if one.table == two.table or one.stands.meets(two.stands):
            continue
        same = key(tables[one.table].rows[one.row].label) == key(tables[two.table].rows[two.row].label)
        severity = _severity(one, two, (one.table, two.table) in agree)
        # Labels that only a mapping makes one model cannot prove a contradiction.
        groups["unexplained" if severity == "inconsistent" and not same else severity].append((one, two))
    found: list[Finding] = []
    for severity, pairs in groups.items():
        involved = list(dict.fromkeys(it for pair in pairs for it in pair))
        shown = "; ".join(
            f"{it.cell.text} in {tables[it.table].name}" + (f" ({it.cell.metric})" if it.cell.metric else "")
            for it in involved
        )
        label = tables[involved[0].table].rows[involved[0].row].key
        one, two = max(pairs, key=lambda pair: abs(pair[0].stands.low - pair[1].stands.low))
        found.append(
            Finding(
                "cross table",
                severity,
                tuple(place(tables[it.table], it.row, it.column) for it in involved),
                f"{label} on {what}: {shown}; on 0-100 "
                f"{spoken_interval(one.stands)} and {spoken_interval(two.stands)} do not meet",
                _WHY[severity],
            )
        )
    return found


_WHY: dict[Severity, str] = {
    "inconsistent": "One model has two scores under one metric: a later correction in one place only, a misprint, or "
    "two runs under one name.",
    "unexplained": "The tables do not both state their protocol: another prompt, scorer, split or release, a re-run, "
    "or another model of the same name would explain it.",
    "note": "The stated protocols differ, so the scores may: they are not to be mixed in one comparison.",
}


def _severity(one: _Print, two: _Print, agreeing: bool) -> Severity:
    first, second = one.cell.metric, two.cell.metric
    stated = [not any(it == mark or it.startswith("as_reported") for mark in UNSTATED) for it in (first, second)]
    if all(stated):
        return "inconsistent" if first == second else "note"
    if first == second == "" and agreeing:
        return "inconsistent"
    return "unexplained"
