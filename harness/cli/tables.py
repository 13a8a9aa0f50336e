"""Lay scores and verdicts out for people, and as plain values for machines."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from harness.cli.screen import columns
from harness.schema.score import Score
from harness.schema.verdict import SETTINGS, Verdict
from harness.verify.compare import TOO_GOOD

VERDICT_NAMES = (
    "entry",
    "stored score ± s.e.",
    "re-run score",
    "interval of the difference",
    "allowed difference",
    "blind baseline",
    "chance level",
    "verdict",
    "why",
    "signature",
    "policy",
)
SCORE_NAMES = (">score", ">± s.e.", ">blind", ">chance", ">n", ">unparsed")


def scores(rows: Sequence[Score]) -> Table:
    """Lay scores out, each with its standard error, blind baseline, chance level and signature."""
    return columns(
        "Scores",
        ("model", "benchmark", *SCORE_NAMES, "signature"),
        [(model(score), score.entry.benchmark, *_figures(score), score.signature.line) for score in rows],
        caption="blind: the best constant answer per kind of question. s.e.: clustered by picture.",
    )


def verdicts(rows: Sequence[Verdict]) -> Table:
    """Lay verdicts out: one as a column of facts, several as a table with the reasons of those that are no MATCH.

    A warning that answers may be copied is spoken for a MATCH too.
    """
    if len(rows) == 1:
        told = (*_facts(rows[0]), *_reasons(rows[0]))
        facts = [*zip(VERDICT_NAMES, told, strict=True), *_beside(rows[0])]
        return columns(rows[0].outcome, ("", ""), facts)
    names = ("entry", ">stored", ">re-run", ">interval", ">allowed", ">blind", ">chance", "verdict")
    reasons = [f"{row.entry.slug}: {row.outcome}: {row.why}" for row in rows if row.outcome != "MATCH"]
    reasons += [f"{row.entry.slug}: {note}" for row in rows for note in row.notes if note.startswith(TOO_GOOD)]
    notes = ["interval: of re-run minus stored. blind: the best constant answer per kind of question.", *reasons]
    return columns("Verdicts", names, [_facts(row) for row in rows], "\n".join(notes))


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values, with its exit code and the signature line."""
    score = verdict.rerun or verdict.stored
    signature = score.signature.line if score else None
    return {**verdict.plain(), "exit_code": verdict.exit_code, "signature": signature}


def model(score: Score) -> str:
    """Name the model of a score: recipe, encoders, what is masked, seed."""
    entry = score.entry
    return f"{entry.recipe} {entry.model} s{entry.seed}"


def _figures(score: Score) -> tuple[str, ...]:
    values = (score.value, score.standard_error, score.blind, score.chance)
    return (*(f"{value:.2f}" for value in values), f"{score.n:,}", f"{score.unparsed:,}")


def _facts(row: Verdict) -> tuple[str, ...]:
    score = row.rerun or row.stored
    interval = f"[{row.interval.low:+.2f}, {row.interval.high:+.2f}]" if row.interval else _exact(row)
    return (
        row.entry.slug,
        f"{row.stored.value:.2f} ± {row.stored.standard_error:.2f}" if row.stored else "",
        f"{row.rerun.value:.2f}" if row.rerun else "",
        interval,
        f"± {row.allowed:.2f}" if row.allowed is not None else "",
        f"{score.blind:.2f}" if score else "",
        f"{score.chance:.2f}" if score else "",
        f"{row.outcome} (exit {row.exit_code})",
    )


def _reasons(row: Verdict) -> tuple[str, ...]:
    score = row.rerun or row.stored
    return row.why, score.signature.line if score else "", row.policy[:12]


def _beside(row: Verdict) -> list[tuple[str, str]]:
    """Say what was redrawn and tested, how often it was tried, and every note."""
    facts = [("redrawn", f"{row.setting}: {SETTINGS[row.setting]}")] if row.setting else []
    facts += [("test of no difference", f"{row.test}: p = {row.p_value:.3g}")] if row.test else []
    facts += [("different re-runs so far", f"{row.attempts:,}")] if row.attempts else []
    return [*facts, *(("note", note) for note in row.notes)]


def _exact(row: Verdict) -> str:
    return "exact" if row.difference == 0 else ""
