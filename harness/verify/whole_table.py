"""Judge a whole table: does it reproduce, and is something broken? Two questions that need opposite corrections.

- *It reproduces* is a claim about every entry at once (intersection-union): each passes its own equivalence test at 5 %
  and nothing is corrected, since one failure refutes it.
- *Something is broken* is a claim about at least one (union): p-values are corrected by Holm (Scandinavian Journal of
  Statistics 1979) within each family of tests, and the level is shared equally by the families, so that an honest table
  of any size is called broken in at most 5 % of cases.

A shift of a mean is judged against the margin of means; where the policy states none, a shown shift is DRIFT at least.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Not `scipy.special` by name: scipy loads it where it is first used, and whoever only marks again does without.
import scipy

from harness.errors import InvalidEvidence
from harness.schema.policy import Margins, Policy
from harness.schema.verdict import Outcome, Regime, Verdict, worst
from harness.verify.compare import Statistical
from harness.verify.contrasts import FAMILIES, Cell, Contrast, contrasts
from harness.verify.fingerprints import demand_distinct
from harness.verify.verify import Examined

SHARES = 1 + len(FAMILIES)
NAMED = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one tested group: its contrast, the Holm-adjusted p-value in its family, its margin, and the outcome."""

    contrast: Contrast
    adjusted: float
    margin: float | None
    outcome: Statistical


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """Hold the verdict over a table; `passed` is the share of entries that pass their equivalence test."""

    outcome: Outcome
    why: str
    passed: float
    entries: tuple[Verdict, ...]
    findings: tuple[Finding, ...]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down adjusted p-values: max over the smaller ones of (tests left) x p, at most 1."""
    order = np.argsort(p_values, kind="stable")
    adjusted, highest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order.tolist()):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def judge_table(entries: Sequence[Examined], regime: Regime, policy: Policy) -> TableVerdict:
    """Judge the entries together; models that cannot be told apart make the table INVALID."""
    level = (1 - policy.confidence) / 2
    try:
        demand_distinct([one.heard for one in entries if one.heard])
    except InvalidEvidence as error:
        return TableVerdict("INVALID", str(error), 0.0, tuple(one.verdict for one in entries), ())
    judged = tuple(_together(entries, level))
    cells = [Cell(one.verdict.entry, one.moved) for one in entries if one.moved is not None]
    findings = () if regime == "rescore" or len(cells) < 2 else tuple(_findings(cells, regime, policy, level / SHARES))
    passed = sum(one.outcome in ("MATCH", "DRIFT") for one in judged) / len(judged) if judged else 0.0
    outcome = _outcome(judged, findings)
    return TableVerdict(outcome, _why(outcome, judged, findings), passed, judged, findings)


def _together(entries: Sequence[Examined], level: float) -> list[Verdict]:
    """Speak the entries' outcomes again with p-values corrected for the size of the table."""
    tested = [one.verdict for one in entries if one.verdict.p_value is not None]
    corrected = holm([one.p_value for one in tested if one.p_value is not None])
    adjusted = {one.entry.slug: p_value for one, p_value in zip(tested, corrected, strict=True)}
    return [_calmed(one, adjusted.get(one.verdict.entry.slug, 0.0), len(tested), level) for one in entries]


def _calmed(one: Examined, adjusted: float, tests: int, level: float) -> Verdict:
    """Take back a difference that is no surprise among so many tests; flips without a cause stay a DRIFT."""
    verdict = one.verdict
    if adjusted < level / SHARES or verdict.p_value is None or verdict.p_value >= level:
        return verdict
    calmer: Outcome = "INCONCLUSIVE"
    if verdict.outcome == "DRIFT":
        calmer = "DRIFT" if one.flips and one.flips.suspicious else "MATCH"
    elif verdict.outcome != "MISMATCH":
        return verdict
    why = f"{verdict.why}; among {tests:,} tests that is no surprise (Holm: p = {adjusted:.2g})"
    return verdict.model_copy(update={"outcome": calmer, "why": why})


def _findings(cells: Sequence[Cell], regime: Regime, policy: Policy, level: float) -> list[Finding]:
    found = contrasts(cells, "trainings" if regime == "retrain" else "answers")
    margins = policy.of("retrain" if regime == "retrain" else "repredict")
    factor = float(scipy.special.ndtri((1 + policy.confidence) / 2))
    findings = []
    for family in FAMILIES:
        members = [one for one in found if one.family == family]
        for one, adjusted in zip(members, holm([one.p_value for one in members]), strict=True):
            margin = _margin(one, margins)
            small = margin is not None and abs(one.difference) + factor * one.error < margin
            findings.append(Finding(one, adjusted, margin, _quadrant(small, adjusted < level, margin is None)))
    return findings


def _quadrant(small: bool, shown: bool, unstated: bool) -> Statistical:
    if unstated:
        return "DRIFT" if shown else "INCONCLUSIVE"
    if small:
        return "DRIFT" if shown else "MATCH"
    return "MISMATCH" if shown else "INCONCLUSIVE"


def _margin(one: Contrast, margins: Margins) -> float | None:
    """Return the margin of a mean: a category's and an encoder's, the whole table's, a benchmark's own, a model's."""
    if one.family == "benchmarks":
        return margins.benchmarks.get(one.name, margins.default).points
    stated = margins.category if one.family in ("categories", "encoders") else margins.mean
    return stated.points if stated else None


def _outcome(entries: Sequence[Verdict], findings: Sequence[Finding]) -> Outcome:
    if not entries:
        return "INVALID"
    outcome = worst(one.outcome for one in entries)
    shown: list[Outcome] = [one.outcome for one in findings if one.outcome in ("DRIFT", "MISMATCH")]
    return worst([outcome, *shown])


def _why(outcome: Outcome, entries: Sequence[Verdict], findings: Sequence[Finding]) -> str:
    if not entries:
        return "no entry came; an empty table is no evidence"
    odd = [one.entry.slug for one in entries if one.outcome == outcome]
    groups = [f"{one.contrast.name} {one.contrast.difference:+.2f}" for one in findings if one.outcome == outcome]
    passed = sum(one.outcome in ("MATCH", "DRIFT") for one in entries)
    told = f"{passed:,} of {len(entries):,} entries are shown to lie inside their margins"
    if outcome == "MATCH":
        return f"{told}, and no model, benchmark, category or encoder moved" if findings else told
    named = [f"{outcome} in {len(odd):,} entries: {', '.join(odd[:NAMED])}" for _ in odd[:1]]
    named += [f"{outcome} of the mean of {', '.join(groups[:NAMED])} points" for _ in groups[:1]]
    return "; ".join([told, *named])
