"""Lay scores and verdicts out for people, and as plain values for machines."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from harness.cli.screen import columns
from harness.schema.score import Score
from harness.schema.verdict import Verdict

SCORE_NAMES = (">score", ">± s.e.", ">blind", ">chance", ">n", ">unparsed")


def scores(rows: Sequence[Score]) -> Table:
    """Lay scores out, each with its standard error, blind baseline, chance level and signature."""
    return columns(
        "Scores",
        ("model", "benchmark", *SCORE_NAMES, "signature"),
        [(_model(score), score.entry.benchmark, *_figures(score), score.signature.line) for score in rows],
        caption="blind: the best constant answer per kind of question. s.e.: clustered by picture.",
    )


def verdicts(rows: Sequence[Verdict]) -> Table:
    """Lay verdicts out: stored score, re-run score, interval of the difference, chance level, verdict, signature."""
    return columns(
        "Verdicts",
        ("entry", ">stored", ">re-run", ">interval", ">allowed", ">blind", ">chance", "verdict", "signature", "why"),
        [_verdict(row) for row in rows],
        caption="interval: of re-run minus stored. blind: the best constant answer per kind of question.",
    )


def plain_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON values, with its exit code and the signature line."""
    score = verdict.rerun or verdict.stored
    signature = score.signature.line if score else None
    return {**verdict.plain(), "exit_code": verdict.exit_code, "signature": signature}


def _model(score: Score) -> str:
    entry = score.entry
    view = "" if entry.view == "retrained" else f" keeps {entry.kept}"
    return f"{entry.recipe} {entry.trained}{view} s{entry.seed}"


def _figures(score: Score) -> tuple[str, ...]:
    values = (score.value, score.standard_error, score.blind, score.chance)
    return (*(f"{value:.2f}" for value in values), f"{score.n:,}", f"{score.unparsed:,}")


def _verdict(row: Verdict) -> tuple[str, ...]:
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
        row.outcome,
        score.signature.line if score else "",
        row.why,
    )


def _exact(row: Verdict) -> str:
    return "exact" if row.difference == 0 else ""
