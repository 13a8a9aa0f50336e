"""Speak the verdict over entries that were run again: each with its attempts, several as one table, and to CI."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group
from rich.table import Table

from harness.cli import tables
from harness.cli.handing import Reports
from harness.cli.screen import answer, columns
from harness.config.places import POLICY
from harness.errors import InvalidEvidence
from harness.report.verdicts import Whole
from harness.schema.verdict import EXIT_CODES, Regime
from harness.verify import policy as policies
from harness.verify.verify import Examined, printable
from harness.verify.whole_table import Finding, TableVerdict, judge_table

SHOWN = ("DRIFT", "MISMATCH")


def spoken(found: Sequence[Examined], rung: Regime, asked: Reports, as_json: bool, changes: bool = False) -> int:
    """Print the verdict, write the reports that were asked for, and return the exit code.

    `changes` lists the samples on which the two runs differ.
    """
    if len(found) == 1:
        verdict = found[0].verdict
        asked.write([verdict], None)
        listed = {"changes": _plain_changes(found[0])} if changes else {}
        drawn = Group(tables.verdicts([verdict]), *([_drawn_changes(found)] if changes else []))
        answer({**tables.plain_verdict(verdict), **listed}, drawn, as_json)
        return verdict.exit_code
    table = judge_table(found, rung, policies.read(POLICY))
    asked.write(table.entries, Whole(table.outcome, table.why))
    if as_json:
        answer(_plain(table, found if changes else ()), "", as_json)
    else:
        shown = [finding for finding in table.findings if finding.outcome in SHOWN]
        answer(None, Group(*([_drawn_changes(found)] if changes else []), _drawn(table, shown)), as_json)
    return EXIT_CODES[table.outcome]


def refused(error: InvalidEvidence, asked: Reports, as_json: bool) -> int:
    """Say that evidence was refused as a whole, in the reports too, and return the exit code."""
    asked.write([], Whole("INVALID", str(error)))
    plain = {"verdict": "INVALID", "exit_code": error.exit_code, "why": str(error)}
    answer(plain, f"INVALID (exit {error.exit_code}): {printable(str(error))}", as_json)
    return error.exit_code


def _plain_changes(one: Examined) -> list[dict[str, Any]]:
    return [asdict(change) for change in one.changed]


def _drawn_changes(found: Sequence[Examined]) -> Table:
    """Lay out the samples that changed; an answer's line ends and tabs are shown as they are spelled in Python."""
    rows = [
        (
            one.verdict.entry.slug,
            printable(change.sample_id),
            ascii(change.stored),
            ascii(change.rerun),
            f"{change.stored_mark:g} -> {change.rerun_mark:g}",
            change.cause or "",
        )
        for one in found
        for change in one.changed
    ]
    names = ("entry", "sample", "stored answer", "re-run answer", "mark", "flip")
    return columns(f"{len(rows):,} samples changed", names, rows)


def _plain(table: TableVerdict, changed: Sequence[Examined]) -> dict[str, Any]:
    """Return a table as plain values, its entries with what changed in them where that is asked."""
    entries = [tables.plain_verdict(one) for one in table.entries]
    for one, entry in zip(changed, entries, strict=bool(changed)):
        entry["changes"] = _plain_changes(one)
    return {
        "verdict": table.outcome,
        "exit_code": EXIT_CODES[table.outcome],
        "why": table.why,
        "passed": table.passed,
        "entries": entries,
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
