"""Hold what a check found: how grave, in which cells, by which arithmetic, and what would explain it.

| severity | means |
|---|---|
| impossible | no value of the benchmark prints like this, whatever the rounding |
| inconsistent | two things in the table (or two tables) cannot both be right |
| unexplained | possible, but only by a rule that the table does not state |
| note | nothing is wrong; a reader should know it |
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from harness.audit.table import Table

Severity = Literal["impossible", "inconsistent", "unexplained", "note"]
SEVERITIES: tuple[Severity, ...] = ("impossible", "inconsistent", "unexplained", "note")
GRAVE: tuple[Severity, ...] = ("impossible", "inconsistent")


@dataclass(frozen=True, slots=True)
class Place:
    """Name one printed cell."""

    table: str
    row: str
    column: str
    printed: str
    line: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the cell as JSON values."""
        return {
            "table": self.table,
            "row": self.row,
            "column": self.column,
            "printed": self.printed,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one finding. `arithmetic` can be redone by hand; `explanation` says what may be behind it."""

    check: str
    severity: Severity
    cells: tuple[Place, ...]
    arithmetic: str
    explanation: str

    def plain(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "check": self.check,
            "severity": self.severity,
            "cells": [cell.plain() for cell in self.cells],
            "arithmetic": self.arithmetic,
            "explanation": self.explanation,
        }


def place(table: Table, row: int, column: int) -> Place:
    """Name a cell of a table."""
    cell = table.cells[row, column]
    return Place(table.name, table.rows[row].key, table.fields[column].label, cell.text, cell.line)


def places(table: Table, at: Iterable[tuple[int, int]]) -> tuple[Place, ...]:
    """Name several cells of a table."""
    return tuple(place(table, row, column) for row, column in at)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, the gravest first, otherwise as they were found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
