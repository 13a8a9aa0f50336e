"""Measure how far honest repeats lie apart, and write it into a policy.

Two things set honest runs apart, and a margin has room for both:

- *flips*: of each pair of repeats, the interval that a verdict would put around their difference, by cluster and under
  the benchmark's own pooling (`paired`); averaged over all pairs of repeats of one model, over all models;
- *runs*, where trainings were repeated: the variance of the score between the runs of one model, pooled over models,
  s^2 = sum of squares within models / f with f = sum of (runs - 1). Six sets of encoders with three seeds each give
  f = 12; one set alone gives 2, and quantiles of t that are nearly twice as large.

A margin is promised before the run that it judges, from an s that is itself an estimate. So both parts are quantiles of
Student's t with the freedom of s: D / (sqrt(2) s) of one more honest run has exactly that distribution (the prediction
interval of one future observation; Hahn and Meeker, Statistical Intervals, 1991, chapter 4). The runs' part alone may
come out small by luck; no margin is narrower than what the flips that were counted need.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from math import ceil, fsum, sqrt

import numpy as np
from scipy import special

from benchmarks.card import Mark, Sample
from benchmarks.pooling import Pool
from benchmarks.suite import find_column
from harness.errors import InvalidEvidence
from harness.schema.policy import WIDEST, Margin, Noise, Policy, Redrawn
from harness.verify.moved import of_pool
from harness.verify.paired import measure
from harness.verify.spreads import pooled_spread

FLOOR, FLOOR_OF_MEANS = 1.0, 0.5
CONFIDENCE, PASSING = 0.90, 0.95
Z_PASSING = float(special.ndtri((1 + PASSING) / 2))


@dataclass(frozen=True, slots=True)
class Repeat:
    """Hold one run of one model on one benchmark: answers and marks in the order of the samples, score in points.

    `run` tells the repeats of a model apart, and is the same number for what one training answered elsewhere.
    """

    texts: tuple[str, ...]
    marks: tuple[Mark, ...]
    value: float
    run: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Hold how far flips alone set two honest runs apart, in points.

    `half` is half the interval that a verdict puts around their difference, `error` the standard error of it.
    """

    half: float
    error: float

    @property
    def points(self) -> float:
        """Return the points within which the interval of an honest run lies in about 19 of 20 cases."""
        return self.half + Z_PASSING * self.error


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what repeats of one benchmark gave: the noise, what flips do, and the score of each run of each model."""

    noise: Noise
    apart: Apart
    values: Mapping[tuple[str, int], float]


def measured(
    models: Mapping[str, Sequence[Repeat]],
    samples: Sequence[Sample],
    pool: Pool,
    measured_on: date,
    command: str,
) -> Measured:
    """Measure one benchmark from repeats by model; `pool` gives points, `command` says how to measure it again.

    Raises:
        InvalidEvidence: no model was run twice, or two repeats answered different numbers of questions.
    """
    pairs = [pair for repeats in models.values() for pair in combinations(repeats, 2)]
    if not pairs or any(len(one.texts) != len(other.texts) for one, other in pairs):
        raise InvalidEvidence("a calibration needs a model that answered the same questions twice")
    spread = pooled_spread([[repeat.value for repeat in repeats] for repeats in models.values()])
    runs, named = sum(len(repeats) for repeats in models.values()), ", ".join(sorted(models))
    alike = "" if spread.alike is None else f", which spread alike by Brown-Forsythe at p = {spread.alike:.2g}"
    many = "models" if len(models) > 1 else "model"
    noise = Noise(
        changed=_share([(one.texts, other.texts) for one, other in pairs]),
        flipped=_share(
            [([mark.value for mark in one.marks], [mark.value for mark in other.marks]) for one, other in pairs]
        ),
        spread=spread.points or None,
        freedom=spread.freedom if spread.points else None,
        measured_on=measured_on,
        evidence=f"measured {measured_on}: {runs} runs of {len(models)} {many} ({named}){alike}; {command}",
    )
    moved = [of_pool(samples, one.marks, other.marks, pool) for one, other in pairs]
    bounds = [measure(one, CONFIDENCE).interval for one in moved]
    apart = Apart(
        half=_root_mean_square([(one.high - one.low) / 2 for one in bounds]),
        error=_root_mean_square([float(np.sqrt((one.points**2).sum())) for one in moved]),
    )
    values = {(model, repeat.run): repeat.value for model, repeats in models.items() for repeat in repeats}
    return Measured(noise, apart, values)


def margin(found: Measured, regime: Redrawn) -> Margin:
    """Return the margin that an honest run passes in about 19 of 20 cases: at least a point, and what flips need.

    Trainings are judged by how far runs lie apart, so where they spread theirs is at least `between_runs` too.

    Raises:
        InvalidEvidence: the repeats lie too far apart for any policy.
    """
    noise, points, rule = found.noise, found.apart.points, _by_flips(found.apart)
    if regime == "retrain" and noise.spread is not None and noise.freedom is not None:
        points = max(points, between_runs(noise.spread, noise.freedom))
        rule += f", {_by_runs(noise.spread, noise.freedom)}"
    return _promised(max(FLOOR, points), f"max({FLOOR:g}, {rule}); {noise.evidence}")


def between_runs(spread: float, freedom: int) -> float:
    """Return the points within which the interval of one more honest run lies in 19 of 20 cases.

    (t(0.95; f) + t(0.975; f)) sqrt(2) s: half the interval of the verdict, and room for the run's own difference.
    """
    quantiles = (float(special.stdtrit(freedom, (1 + share) / 2)) for share in (CONFIDENCE, PASSING))
    return sum(quantiles) * sqrt(2) * spread


def mean_margin(several: Mapping[str, Measured], floor: float, regime: Redrawn) -> Margin:
    """Return the margin of the plain mean over benchmarks: as `margin`, from errors that add up by their squares.

    One training moves all benchmarks, alike or not: so for trainings the spread is that of the mean itself, of the runs
    that answered all of them. Where no model has two such runs it is as if all moved alike.
    """
    count = len(several)
    parts = [[one.apart.half for one in several.values()], [one.apart.error for one in several.values()]]
    apart = Apart(*(sqrt(fsum(value**2 for value in part)) / count for part in parts))
    points, rule = apart.points, _by_flips(apart)
    if regime == "retrain":
        allowed, told = _means_apart(several)
        points, rule = max(points, allowed), f"{rule}, {told}"
    told = "; ".join(sorted({one.noise.evidence for one in several.values()}))
    return _promised(max(floor, points), f"max({floor:g}, {rule}) over {', '.join(sorted(several))}; {told}")


def _means_apart(several: Mapping[str, Measured]) -> tuple[float, str]:
    whole = set.intersection(*(set(one.values) for one in several.values()))
    groups: dict[str, list[float]] = defaultdict(list)
    for model, run in sorted(whole):
        groups[model].append(fsum(one.values[model, run] for one in several.values()) / len(several))
    if any(len(group) > 1 for group in groups.values()):
        spread = pooled_spread(list(groups.values()))
        return between_runs(spread.points, spread.freedom), _by_runs(spread.points, spread.freedom)
    noises = [one.noise for one in several.values()]
    allowed = [between_runs(one.spread, one.freedom) for one in noises if one.spread and one.freedom]
    return sum(allowed) / len(several), "the mean of what the benchmarks' runs need"


def calibrated(policy: Policy, regime: Redrawn, found: Mapping[str, Measured], moment: datetime) -> Policy:
    """Return a policy, fixed at this moment, with measured noise and margins for these benchmarks.

    The margin of the mean is measured anew where two benchmarks were, that of a category (the widest) where all of its
    benchmarks that were measured are two or more; else they stay as they were.
    """
    margins = policy.of(regime)
    groups: dict[str, dict[str, Measured]] = {}
    for name, one in found.items():
        groups.setdefault(find_column(name).group, {})[name] = one
    several = [mean_margin(group, FLOOR, regime) for group in groups.values() if len(group) > 1]
    fresh = margins.model_copy(
        update={
            "benchmarks": margins.benchmarks | {name: margin(one, regime) for name, one in found.items()},
            "noise": margins.noise | {name: one.noise for name, one in found.items()},
            "category": max(several, key=lambda one: one.points) if several else margins.category,
            "mean": mean_margin(found, FLOOR_OF_MEANS, regime) if len(found) > 1 else margins.mean,
        }
    )
    return policy.model_copy(update={"fixed_on": moment, regime: fresh})


def _by_flips(apart: Apart) -> str:
    return f"{apart.half:.3f} + {Z_PASSING:.2f} x {apart.error:.3f} by flips"


def _by_runs(spread: float, freedom: int) -> str:
    return f"(t(0.95; {freedom}) + t(0.975; {freedom})) sqrt(2) x {spread:.3f} between runs"


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


def _root_mean_square(values: Sequence[float]) -> float:
    return sqrt(fsum(value**2 for value in values) / len(values))
