"""Speak the verdict over entries that were run again: each with its attempts, several as one table, and to CI."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group

from harness.cli import tables
from harness.cli.screen import answer, columns
from harness.config.places import POLICY
from harness.errors import UsageError
from harness.record import durable
from harness.report import verdicts as reports
from harness.schema.verdict import EXIT_CODES, Regime
from harness.verify import policy as policies
from harness.verify.verify import Examined
from harness.verify.whole_table import Finding, TableVerdict, judge_table

SHOWN = ("DRIFT", "MISMATCH")


def spoken(found: Sequence[Examined], rung: Regime, report: str, as_json: bool) -> int:
    """Print the verdict and return its exit code; `report` names files (.xml, .md) and `github`, with commas between.

    Raises:
        UsageError: a report of an unknown kind was asked for.
    """
    words = [word.strip() for word in report.split(",") if word.strip()]
    for word in words:
        if word != "github" and Path(word).suffix not in (".xml", ".md"):
            raise UsageError(f"no report '{word}'. Known: a file .xml (JUnit), a file .md (Markdown), github")
    if len(found) == 1:
        verdict = found[0].verdict
        _report([verdict], verdict.why, words)
        answer(tables.plain_verdict(verdict), tables.verdicts([verdict]), as_json)
        return verdict.exit_code
    table = judge_table(found, rung, policies.read(POLICY))
    _report(table.entries, table.why, words)
    shown = [finding for finding in table.findings if finding.outcome in SHOWN]
    answer(_plain(table), _drawn(table, shown), as_json)
    return EXIT_CODES[table.outcome]


def _report(rows: Sequence[Any], why: str, words: Sequence[str]) -> None:
    for word in words:
        if word == "github":
            sys.stderr.write(reports.annotations(rows))
            continue
        path = Path(word)
        data = reports.junit(rows) if path.suffix == ".xml" else reports.markdown(rows, why).encode()
        durable.write_bytes(path, data, path.with_name(f".{path.name}.partial"))


def _plain(table: TableVerdict) -> dict[str, Any]:
    return {
        "verdict": table.outcome,
        "exit_code": EXIT_CODES[table.outcome],
        "why": table.why,
        "passed": table.passed,
        "entries": [tables.plain_verdict(one) for one in table.entries],
        "findings": [
            {
                "family": one.contrast.family,
                "name": one.contrast.name,
                "entries": one.contrast.entries,
                "difference": one.contrast.difference,
                "error": one.contrast.error,
                "p": one.contrast.p_value,
                "p_holm": one.adjusted,
                "margin": one.margin,
                "verdict": one.outcome,
            }
            for one in table.findings
        ],
    }


def _drawn(table: TableVerdict, shown: Sequence[Finding]) -> Group:
    rows = [
        (one.contrast.family, one.contrast.name, f"{one.contrast.difference:+.2f}", f"{one.adjusted:.2g}", one.outcome)
        for one in shown
    ]
    parts: list[Any] = [tables.verdicts(table.entries)]
    if rows:
        parts.append(columns("What moved together", ("family", "name", ">mean", ">p (Holm)", "verdict"), rows))
    return Group(*parts, f"{table.outcome} (exit {EXIT_CODES[table.outcome]}): {table.why}")
