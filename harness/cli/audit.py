"""Answer `harness audit TABLE`: what a table of numbers alone gives away."""

import sys
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from harness.audit.audit import Report, audit_file
from harness.audit.mapping import Mapping, read_mapping
from harness.audit.outputs import as_json, as_sarif
from harness.audit.page import as_markdown, mapping_rows, where

Format = Literal["text", "json", "markdown", "sarif"]
COLOURS = {"impossible": "bold red", "inconsistent": "red", "unexplained": "yellow", "note": "dim"}


def audit(
    table: Path,
    *,
    mapping: Path | None = None,
    format: Format = "text",
    json: bool = False,
) -> int:
    """Check a table of scores by arithmetic alone: no predictions, no weights, only what is printed.

    Reads CSV, Markdown, LaTeX and HTML, wide or long. Exit code 0 where nothing is impossible or inconsistent, 20
    otherwise; 2 where the file is absent or the mapping wrong, 40 where the file holds no readable table.

    Examples:
        harness audit paper.tex
        harness audit results.csv --mapping columns.toml --json
        harness audit README.md --format sarif > audit.sarif

    Parameters
    ----------
    table
        The file with one or more tables.
    mapping
        A TOML file that corrects how columns and models are read; see harness/audit/mapping.py.
    format
        How to print the answer.
    json
        Short for --format json.
    """
    report = audit_file(table, read_mapping(mapping) if mapping else Mapping())
    chosen: Format = "json" if json else format
    sys.stderr.write(report.summary + "\n")
    match chosen:
        case "json":
            print(as_json(report))
        case "sarif":
            print(as_sarif(report, table.as_posix()))
        case "markdown":
            print(as_markdown(report), end="")
        case "text":
            _speak(report)
    return report.exit_code


def _speak(report: Report) -> None:
    """Print the mapping and the findings for a terminal; whatever comes from the file is escaped."""
    console = Console(highlight=False, soft_wrap=True)
    grid = Grid("column", "read as", "full marks", "counts", "why", "tables")
    for line in mapping_rows(report):
        grid.add_row(*(escape(str(word)) for word in line))
    console.print(grid)
    for table in report.tables:
        for remark in table.remarks:
            console.print(escape(f"{table.name}: {remark}"))
    for finding in report.findings:
        colour = COLOURS[finding.severity]
        console.print(f"\n[{colour}]{finding.severity}[/{colour}] {escape(f'{finding.check}: {where(finding)}')}")
        console.print(escape(f"  {finding.arithmetic}"))
        console.print(escape(f"  {finding.explanation}"))
    console.print(f"\n{escape(report.summary)}")
