"""Audit a file: read its tables, understand them, run every check, and hold what was found with how it was read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.audit import (
    averages,
    copies,
    cross_table,
    denominators,
    emphasis,
    granularity,
    measures,
    reading,
    scales,
)
from harness.audit.arrange import wide
from harness.audit.finding import GRAVE, SEVERITIES, Finding, Severity, in_order
from harness.audit.long_form import long, places
from harness.audit.mapping import Mapping
from harness.audit.read import read
from harness.audit.sheet import Sheet
from harness.audit.table import Table
from harness.errors import InvalidEvidence

Check = Callable[[Table], list[Finding]]
CHECKS: tuple[Check, ...] = (
    scales.check,
    granularity.check,
    denominators.check,
    averages.check,
    copies.check,
    emphasis.check,
    measures.check,
    reading.check,
)
CLEAN = 0
FAULTY = 20
# Every check is about linear in the numbers, half a millisecond of processor time each; people read far fewer.
MOST_NUMBERS = 25_000


@dataclass(frozen=True, slots=True)
class Report:
    """Hold an audit: the tables as they were understood, and the findings, the gravest first."""

    name: str
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    mapping: str = ""

    @property
    def exit_code(self) -> int:
        """Return 0 where nothing is impossible or inconsistent, 20 otherwise."""
        return FAULTY if any(finding.severity in GRAVE for finding in self.findings) else CLEAN

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def summary(self) -> str:
        """Say in one line what was looked at and what was found."""
        cells = sum(cell.number is not None for table in self.tables for cell in table.cells.values())
        counted = ", ".join(f"{self.count(severity)} {severity}" for severity in SEVERITIES)
        tables = "1 table" if len(self.tables) == 1 else f"{len(self.tables)} tables"
        return f"{self.name}: {cells:,} numbers in {tables}; {counted}"


def audit_file(path: Path, mapping: Mapping | None = None) -> Report:
    """Audit every table of a file.

    Raises:
        UsageError: there is no such file.
        InvalidEvidence: it is too large, no text, or holds no table of numbers.
    """
    return audit_sheets(path.name, read(path), mapping or Mapping())


def audit_sheets(name: str, sheets: Sequence[Sheet], mapping: Mapping) -> Report:
    """Audit tables that have been read.

    Raises:
        InvalidEvidence: none of them holds a number.
    """
    tables = [table for sheet in sheets for table in arranged(sheet, mapping)]
    return audit_tables(name, tables, mapping)


def arranged(sheet: Sheet, mapping: Mapping) -> list[Table]:
    """Understand a sheet, long or wide."""
    return long(sheet, mapping) if places(sheet) else [wide(sheet, mapping)]


def audit_tables(name: str, tables: Sequence[Table], mapping: Mapping) -> Report:
    """Audit tables that are understood.

    Raises:
        InvalidEvidence: none of them holds a number in a column that is a score, an average or a measure, or they hold
            more numbers than a paper prints.
    """
    holding = [table for table in tables if any(cell.number is not None for cell in table.cells.values())]
    if not holding:
        raise InvalidEvidence(
            f"{name}: {len(tables)} tables, but no number that could be a score. Expected models down and benchmarks "
            "across (or the reverse), or one score a line under 'model', 'benchmark' and 'score'"
        )
    numbers = sum(cell.number is not None for table in holding for cell in table.cells.values())
    if numbers > MOST_NUMBERS:
        raise InvalidEvidence(
            f"{name} holds {numbers:,} numbers; at most {MOST_NUMBERS:,} are audited at once: split it"
        )
    found = [finding for table in holding for check in CHECKS for finding in check(table)]
    found += cross_table.check(holding, mapping)
    return Report(name, tuple(holding), tuple(in_order(found)), mapping.name)
