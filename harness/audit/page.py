"""Write an audit for people, as Markdown: what was read as what, then every finding with its arithmetic."""

import re
from collections import Counter

from harness.audit.audit import Report
from harness.audit.finding import SEVERITIES, Finding, Severity
from harness.audit.table import Field, Table

MOST_CELLS = 12
MEANINGS: dict[Severity, str] = {
    "impossible": "no value of the benchmark prints like this, whatever the rounding",
    "inconsistent": "two things in the tables cannot both be right",
    "unexplained": "possible, but only by a rule that the tables do not state",
    "note": "nothing is wrong; a reader should know it",
}


def as_markdown(report: Report) -> str:
    """Write the whole audit as one Markdown page."""
    corrected = f" --mapping {report.mapping}" if report.mapping else ""
    parts = [
        f"# Audit of {safe(report.name)}",
        f"{report.summary.partition(': ')[2]}. Made by `harness audit {report.name}{corrected} --format markdown`.",
    ]
    parts.append(
        "\n".join(["| severity | findings | means |", "|---|---|---|", *(_count(report, it) for it in SEVERITIES)])
    )
    for severity in SEVERITIES:
        found = [finding for finding in report.findings if finding.severity == severity]
        if found:
            parts.append(f"## {severity.capitalize()}")
            parts += [_finding(number, finding) for number, finding in enumerate(found, start=1)]
    parts.append("## How the columns were read")
    lines = ["| column | read as | full marks | counts | why | tables |", "|---|---|---|---|---|---|"]
    lines += [f"| {' | '.join(safe(str(word)) for word in line)} |" for line in mapping_rows(report)]
    parts.append("\n".join(lines))
    parts += [f"{safe(table.name)}: {safe(remark)}." for table in report.tables for remark in table.remarks]
    return "\n\n".join(parts) + "\n"


def _count(report: Report, severity: Severity) -> str:
    return f"| {severity} | {report.count(severity)} | {MEANINGS[severity]} |"


def safe(text: str) -> str:
    """Escape what Markdown or HTML would act on."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", text)


def where(finding: Finding) -> str:
    """Name a finding's place in a few words: one cell, or a row or column they share."""
    tables = list(dict.fromkeys(cell.table for cell in finding.cells))
    rows = list(dict.fromkeys(cell.row for cell in finding.cells))
    columns = list(dict.fromkeys(cell.column for cell in finding.cells))
    shared = [names[0] for names in (rows, columns) if len(names) == 1]
    words = ", ".join(shared) if shared else next(iter(rows), "the table")
    return f"{words} in {tables[0]}" if len(tables) == 1 else words


def _finding(number: int, finding: Finding) -> str:
    lines = [f"### {number}. {safe(finding.check)}: {safe(where(finding))}", ""]
    if finding.cells:
        lines.append(f"- Cells: {_cells(finding)}")
    lines.append(f"- Arithmetic: {safe(finding.arithmetic)}.")
    lines.append(f"- What it means: {safe(finding.explanation)}")
    return "\n".join(lines)


def _cells(finding: Finding) -> str:
    rows = {cell.row for cell in finding.cells}
    tables = {cell.table for cell in finding.cells}
    shown = []
    for cell in finding.cells[:MOST_CELLS]:
        told = [cell.column] if len(rows) == 1 else [cell.row, cell.column]
        place = ", ".join([*told, *([cell.table] if len(tables) > 1 else [])])
        shown.append(f"{safe(cell.printed) or '(empty)'} ({safe(place)})")
    more = len(finding.cells) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def mapping_rows(report: Report) -> list[tuple[str, str, str, str, str, int]]:
    """Say what every column was read as, and why; columns that were read alike in several tables are one line."""
    seen: Counter[tuple[str, str, str, str, str]] = Counter()
    for table in report.tables:
        for field in table.fields:
            scored = field.meaning.role not in ("label", "attribute", "ignored")
            full = str(field.top) if scored else ""
            seen[field.label, field.meaning.name, full, counts(table, field), field.meaning.why] += 1
    return [(*line, tables) for line, tables in seen.items()]


def counts(table: Table, it: Field) -> str:
    """Say on which grid a column was tested, or why it was not."""
    if not it.is_score:
        return ""
    if it.meaning.declared:
        return f"not tested: {it.meaning.declared}"
    if it.steps is not None:
        return f"{it.steps * table.runs:,}"
    if not it.trusted:
        return "not assumed"
    soft = it.meaning.benchmark is not None and it.meaning.benchmark.counting in ("soft", "sum", "mean_of_rates")
    return "not tested: no grid" if soft else "not known"
