"""Measure how far honest repeats lie apart, and write it into a policy.

For each benchmark, over all pairs of repeats of one model: the share of answers whose text changed and of marks that
flipped; and the standard deviation of the score between the repeats, pooled over models. The margins that follow are
wide enough for an honest run to pass in about 19 of 20 cases.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from math import ceil, sqrt

from scipy import special

from benchmarks.suite import find_column
from harness.errors import InvalidEvidence
from harness.schema.policy import WIDEST, Margin, Noise, Policy, Redrawn
from harness.verify.spreads import pooled_spread

FACTOR, FLOOR, FLOOR_OF_MEANS = 360.0, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Repeat:
    """Hold one run of one model on one benchmark: answers and marks in the order of the samples, score in points."""

    texts: tuple[str, ...]
    marks: tuple[float, ...]
    value: float


def noise(models: Mapping[str, Sequence[Repeat]], measured_on: date, command: str) -> Noise:
    """Measure one benchmark's noise from repeats by model; `command` says how anyone can measure it again.

    Raises:
        InvalidEvidence: no model was run twice, or two repeats answered different numbers of questions.
    """
    pairs = [pair for repeats in models.values() for pair in combinations(repeats, 2)]
    if not pairs or any(len(one.texts) != len(other.texts) for one, other in pairs):
        raise InvalidEvidence("a calibration needs a model that answered the same questions twice")
    spread = pooled_spread([[repeat.value for repeat in repeats] for repeats in models.values()])
    runs, named = sum(len(repeats) for repeats in models.values()), ", ".join(sorted(models))
    many = "models" if len(models) > 1 else "model"
    return Noise(
        changed=_share([(one.texts, other.texts) for one, other in pairs]),
        flipped=_share([(one.marks, other.marks) for one, other in pairs]),
        spread=spread.points or None,
        freedom=spread.freedom if spread.points else None,
        measured_on=measured_on,
        evidence=f"measured {measured_on}: {runs} runs of {len(models)} {many} ({named}); {command}",
    )


def margin(found: Noise, n: int, regime: Redrawn) -> Margin:
    """Return the margin that an honest run of n answers passes in about 19 of 20 cases.

    max(1, 360 sqrt(d / n)). Trainings are judged by how far runs lie apart, so where they spread by s points on f
    degrees of freedom theirs is at least (t(0.95; f) + 1.96) sqrt(2) s: half the prediction interval of one run, and
    room for that run's own difference.

    Raises:
        InvalidEvidence: the repeats lie too far apart for any policy.
    """
    points, rule = FACTOR * sqrt(found.flipped / n), f"360 sqrt({found.flipped:.4f} / {n})"
    if regime == "retrain" and found.spread is not None and found.freedom is not None:
        points = max(points, between_runs(found.spread, found.freedom))
        rule += f", (t(0.95; {found.freedom}) + 1.96) sqrt(2) x {found.spread:.3f}"
    return _promised(max(FLOOR, points), f"max({FLOOR:g}, {rule}); {found.evidence}")


def between_runs(spread: float, freedom: int) -> float:
    """Return the points within which the prediction interval of an honest run lies in about 19 of 20 cases."""
    return (float(special.stdtrit(freedom, 0.95)) + float(special.ndtri(0.975))) * sqrt(2) * spread


def mean_margin(measured: Mapping[str, tuple[Noise, int]], floor: float, regime: Redrawn) -> Margin:
    """Return the margin of the plain mean over B benchmarks: 360 sqrt(sum of d_b / n_b) / B, at least `floor`.

    For trainings it is at least the mean of what the benchmarks' spreads allow, since one seed may move all of them the
    same way.
    """
    flips = FACTOR * sqrt(sum(found.flipped / n for found, n in measured.values())) / len(measured)
    runs = [between_runs(one.spread, one.freedom) for one, _ in measured.values() if one.spread and one.freedom]
    points = max(floor, flips, sum(runs) / len(measured) if regime == "retrain" else 0.0)
    told = "; ".join(sorted({found.evidence for found, _ in measured.values()}))
    rule = f"max({floor:g}, 360 sqrt(sum of d / n) / {len(measured)}"
    rule += ", mean of what the runs' spreads allow)" if regime == "retrain" else ")"
    return _promised(points, f"{rule} over {', '.join(sorted(measured))}; {told}")


def calibrated(policy: Policy, regime: Redrawn, measured: Mapping[str, tuple[Noise, int]], moment: datetime) -> Policy:
    """Return a policy, fixed at this moment, with measured noise and margins for these benchmarks (noise, answers).

    The margin of the mean is measured anew where two benchmarks were, that of a category (the widest) where all of its
    benchmarks that were measured are two or more; else they stay as they were.
    """
    margins = policy.of(regime)
    groups: dict[str, dict[str, tuple[Noise, int]]] = {}
    for name, found in measured.items():
        groups.setdefault(find_column(name).group, {})[name] = found
    several = [mean_margin(group, FLOOR, regime) for group in groups.values() if len(group) > 1]
    fresh = margins.model_copy(
        update={
            "benchmarks": margins.benchmarks
            | {name: margin(found, n, regime) for name, (found, n) in measured.items()},
            "noise": margins.noise | {name: found for name, (found, _) in measured.items()},
            "category": max(several, key=lambda one: one.points) if several else margins.category,
            "mean": mean_margin(measured, FLOOR_OF_MEANS, regime) if len(measured) > 1 else margins.mean,
        }
    )
    return policy.model_copy(update={"fixed_on": moment, regime: fresh})


def to_toml(policy: Policy) -> str:
    """Write a policy as TOML that reads back as the same policy."""
    lines = [
        "# Written by `harness calibrate`; margins without a measurement are as they were.",
        f"fixed_on = {policy.fixed_on.isoformat()}",
        f"confidence = {policy.confidence!r}",
    ]
    regimes: tuple[Redrawn, ...] = ("repredict", "retrain")
    for regime in regimes:
        margins = policy.of(regime)
        lines += _section(f"{regime}.default", margins.default)
        for name in ("category", "mean"):
            stated = getattr(margins, name)
            lines += _section(f"{regime}.{name}", stated) if stated else []
        lines += ["", f"[{regime}.benchmarks]"]
        for name, one in sorted(margins.benchmarks.items()):
            lines += _section(f"{regime}.benchmarks.{name}", one)
        for name, found in sorted(margins.noise.items()):
            lines += _section(f"{regime}.noise.{name}", found)
    return "\n".join(lines) + "\n"


def _section(name: str, noun: Margin | Noise) -> list[str]:
    stated = {field: value for field, value in noun if value is not None}
    return ["", f"[{name}]", *(f"{field} = {_literal(value)}" for field, value in stated.items())]


def _literal(value: object) -> str:
    if isinstance(value, str):
        # TOML reads JSON's escapes, but wants the one control character escaped that JSON leaves alone.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date) else repr(value)


def _promised(points: float, evidence: str) -> Margin:
    """Return a margin rounded up to a hundredth, so that no honest run is lost to rounding."""
    if points > WIDEST:
        raise InvalidEvidence(
            f"honest runs lie so far apart that the margin would be {points:.1f} points, where {WIDEST:g} is the most: "
            f"repeat more runs, or ask more questions ({evidence})"
        )
    return Margin(points=ceil(round(100 * points, 6)) / 100, evidence=evidence)


def _share(pairs: Sequence[tuple[Sequence[object], Sequence[object]]]) -> float:
    changed = [sum(a != b for a, b in zip(one, other, strict=True)) / len(one) for one, other in pairs]
    return sum(changed) / len(changed)
