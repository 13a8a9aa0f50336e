"""Do what `harness verify --against published` asks: hold scores of ours or of an auditor against printed ones."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.console import Group

from benchmarks.card import Benchmark
from benchmarks.table import find, select
from harness.audit.claims import Claim, read_claims
from harness.audit.mapping import Mapping, read_mapping
from harness.audit.published import Comparison, Ours, Repeats, compare, rows_of
from harness.audit.transcribed import Published, read_published
from harness.cli.screen import answer, columns
from harness.config.compose import compose
from harness.config.places import POLICY, PUBLISHED, REFERENCE
from harness.errors import UsageError
from harness.record.reference import Reference
from harness.schema.score import Score
from harness.schema.subset import Subset
from harness.schema.verdict import EXIT_CODES, Outcome, worst
from harness.verify import policy as policies

ENDINGS = frozenset((".csv", ".tsv", ".txt", ".md", ".tex", ".html", ".htm", ".json", ".jsonl"))


def against(
    words: tuple[str, str],
    overrides: Sequence[str],
    model: str,
    protocol: str,
    margin: float,
    repeats: Repeats | None,
    as_json: bool,
) -> int:
    """Hold a file of scores, or accepted entries, against what is published; the worst verdict is the exit code.

    `words` are a file and nothing, or subsets and benchmarks; `margin` 0 means the policy's for a second training.

    Raises:
        UsageError: entries of ours were named without the model they are to be held against, or no published score
            belongs to any of them.
    """
    mapping, published = read_mapping(PUBLISHED / "models.toml"), read_published(PUBLISHED)
    if Path(words[0]).suffix.lower() in ENDINGS:
        claims = read_claims(Path(words[0]), mapping, protocol)
        claims = [replace(claim, model=model) for claim in claims] if model else claims
    else:
        claims = _accepted(words, overrides, model)
    policy = policies.read(POLICY)
    found: list[Comparison] = []
    absent: list[Claim] = []
    for claim in claims:
        rows = rows_of(claim.model, claim.ours.benchmark, published, mapping)
        allowed = margin or policy.margin(claim.ours.benchmark, "retrain").points
        found += [compare(claim.ours, row, allowed, confidence=policy.confidence, repeats=repeats) for row in rows]
        absent += [] if rows else [claim]
    if not found:
        raise UsageError(_nobody(claims, published, mapping))
    outcome: Outcome = worst(one.agreement for one in found)
    why = _why(found, absent)
    plain = {
        "verdict": outcome,
        "exit_code": EXIT_CODES[outcome],
        "against": "published",
        "why": why,
        "rows": [_plain(one) for one in found],
        "unpublished": [{"model": claim.model, "benchmark": claim.ours.benchmark} for claim in absent],
    }
    answer(plain, _drawn(found, outcome, why), as_json)
    return EXIT_CODES[outcome]


def _accepted(words: tuple[str, str], overrides: Sequence[str], model: str) -> list[Claim]:
    """Turn accepted entries into claims about a published model."""
    if not model:
        raise UsageError(
            "which published model are these entries to be held against? --model names it; or name a file of scores"
        )
    wanted = set(Subset.select(words[0], compose(overrides).recipe.pool))
    names = {one.name for one in select(words[1])}
    scores = [
        score
        for score in Reference.load(REFERENCE).scores.values()
        if score.entry.trained in wanted and score.entry.benchmark in names
    ]
    if not scores:
        raise UsageError(f"the reference holds no entry of {words[0]} on {words[1]}")
    return [Claim(model, _ours(score, find(score.entry.benchmark)), 0) for score in scores]


def _ours(score: Score, card: Benchmark) -> Ours:
    asked, rows = score.n, card.source.rows
    apart = f"ours asked {asked:,} questions and the published split of {card.title} has {rows:,}"
    # A DocVQA score of ours counts validation questions, whose answers are public; tables print test beside it.
    label = "docvqa_val" if card.name == "docvqa" and "val" in card.source.split else card.name
    return Ours(
        benchmark=label,
        value=score.value / card.column.per_suite_point,
        n=card.column.units or asked if asked == rows else asked,
        standard_error=score.standard_error / card.column.per_suite_point,
        protocol=score.signature.protocol,
        unlike="" if asked == rows else apart,
    )


def _why(found: Sequence[Comparison], absent: Sequence[Claim]) -> str:
    counts = {name: sum(one.agreement == name for one in found) for name in ("CONSISTENT", "INCONCLUSIVE", "MISMATCH")}
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    missing = f"; of {len(absent):,} scores nothing is published" if absent else ""
    return f"{len(found):,} comparisons: {told}{missing}"


def _nobody(claims: Iterable[Claim], published: Sequence[Published], mapping: Mapping) -> str:
    models = sorted({row.model for row in published})
    first = next(iter(claims))
    if any(mapping.model(row.model) == mapping.model(first.model) for row in published):
        return f"'{first.model}' is published, but not on {first.ours.benchmark}: nothing to judge"
    near = get_close_matches(first.model, models, n=1)
    return (
        f"no published score of '{first.model}'." + (f" Did you mean '{near[0]}'?" if near else "") + f" {len(models)} "
        "models are in results/published/scores.csv; results/published/models.toml says which labels are one"
    )


def _plain(one: Comparison) -> dict[str, Any]:
    ours, row = one.ours, one.published
    return {
        "model": row.model,
        "benchmark": row.what,
        "ours": {
            "score": ours.value,
            "n": ours.n,
            "standard_error": ours.standard_error,
            "protocol": ours.protocol or None,
        },
        "published": {
            "reported": row.reported,
            "scale": f"0-{row.top}",
            "score": float(row.on_suite),
            "n": row.units,
            "metric": row.metric,
            "protocol": row.protocol or None,
            "source": row.source,
            "address": row.address,
        },
        "difference": one.difference,
        "interval": one.interval.plain(),
        "margin": one.margin,
        "verdict": one.agreement,
        "exit_code": EXIT_CODES[one.agreement],
        "why": one.why,
    }


def _drawn(found: Sequence[Comparison], outcome: Outcome, why: str) -> Group:
    names = (
        "model",
        "benchmark",
        ">ours",
        ">n",
        ">published",
        "metric",
        "source",
        ">difference",
        ">interval",
        "verdict",
    )
    rows = [
        (
            one.published.model,
            one.published.what,
            f"{one.ours.value:.2f}",
            f"{one.ours.n:,}",
            f"{float(one.published.on_suite):.2f}",
            one.published.metric,
            one.published.source,
            f"{one.difference:+.2f}",
            f"[{one.interval.low:+.2f}, {one.interval.high:+.2f}]",
            one.agreement,
        )
        for one in found
    ]
    reasons = "\n".join(
        f"{one.published.model}, {one.published.what}, {one.published.source}: {one.why}" for one in found
    )
    table = columns("Against published scores, on 0-100", names, rows, "interval: of ours minus published.\n" + reasons)
    return Group(table, f"{outcome} (exit {EXIT_CODES[outcome]}): {why}")
