"""Measure how far honest repeats lie apart, and write it into a policy.

For each benchmark, over all pairs of repeats of one model: the share of answers whose text changed and of marks that
flipped; and the standard deviation of the score between the repeats, pooled over models. The margin that follows is
max(1, 360 sqrt(d / n)) points for d changed marks: an honest run then passes in about 19 of 20 cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import sqrt

from harness.errors import InvalidEvidence
from harness.schema.policy import Margin, Noise, Policy, Redrawn
from harness.verify.replicates import pooled_spread

FACTOR, FLOOR = 360.0, 1.0


@dataclass(frozen=True, slots=True)
class Repeat:
    """Hold one run of one model on one benchmark: answers and marks in the order of the samples, score in points."""

    texts: tuple[str, ...]
    marks: tuple[float, ...]
    value: float


def noise(models: Mapping[str, Sequence[Repeat]], measured_on: date) -> Noise:
    """Measure one benchmark's noise from repeats by model.

    Raises:
        InvalidEvidence: no model was run twice, or two repeats answered different numbers of questions.
    """
    pairs = [pair for repeats in models.values() for pair in combinations(repeats, 2)]
    if not pairs or any(len(one.texts) != len(other.texts) for one, other in pairs):
        raise InvalidEvidence("a calibration needs a model that answered the same questions twice")
    spread = pooled_spread([[repeat.value for repeat in repeats] for repeats in models.values()])
    runs = sum(len(repeats) for repeats in models.values())
    return Noise(
        changed=_share([(one.texts, other.texts) for one, other in pairs]),
        flipped=_share([(one.marks, other.marks) for one, other in pairs]),
        spread=spread.points or None,
        freedom=spread.freedom if spread.points else None,
        measured_on=measured_on,
        evidence=f"measured: {runs} runs of {len(models)} models ({', '.join(sorted(models))})",
    )


def margin(found: Noise, n: int) -> Margin:
    """Return the margin that an honest run of n answers passes in about 19 of 20 cases."""
    points = max(FLOOR, FACTOR * sqrt(found.flipped / n))
    return Margin(points=round(points, 2), evidence=f"max(1, 360 sqrt({found.flipped:.4f} / {n})); {found.evidence}")


def calibrated(policy: Policy, regime: Redrawn, measured: Mapping[str, tuple[Noise, int]], today: date) -> Policy:
    """Return a policy, fixed today, with measured noise and margins for these benchmarks (noise, number of answers)."""
    margins = policy.of(regime)
    fresh = margins.model_copy(
        update={
            "benchmarks": margins.benchmarks | {name: margin(found, n) for name, (found, n) in measured.items()},
            "noise": margins.noise | {name: found for name, (found, _) in measured.items()},
        }
    )
    return policy.model_copy(update={"fixed_on": today, regime: fresh})


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
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value.isoformat() if isinstance(value, date) else repr(value)


def _share(pairs: Sequence[tuple[Sequence[object], Sequence[object]]]) -> float:
    changed = [sum(a != b for a, b in zip(one, other, strict=True)) / len(one) for one, other in pairs]
    return sum(changed) / len(changed)
