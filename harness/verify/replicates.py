"""Compare scores of repeated trainings, where the question is the spread of runs and not the flips of answers.

A second training redraws what a seed draws, so McNemar's test on its answers rejects honest runs (a fifth of them at
n = 5,000 if seeds spread by 0.5 points). What a run may differ by is known only from repeated runs: of the same model,
or pooled over the models of one benchmark, which gives more degrees of freedom than three seeds of one.

- a pooled spread s with f degrees of freedom: D -/+ t(f) s sqrt(1/k + 1/r), for k stored and r new runs; with r = 1 it
  is the prediction interval of one new run;
- no pooled spread: Welch's t from the two sets' own variances (Biometrika 1947).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import Literal

import numpy as np
import scipy

from harness.errors import InvalidEvidence
from harness.schema.verdict import Interval

POWER = 0.8
SEEDS_LIMIT = 10_000
ReplicateTest = Literal["Welch t", "t, pooled spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Hold the standard deviation between runs, in points, with its degrees of freedom.

    `alike` is the p-value of the Brown-Forsythe test that the pooled groups spread alike; None for one group.
    """

    points: float
    freedom: int
    alike: float | None = None


@dataclass(frozen=True, slots=True)
class Replicated:
    """Hold the difference of two sets of runs in points, its interval, and the p-value of no difference."""

    difference: float
    interval: Interval
    p_value: float
    test: ReplicateTest
    spread: float
    stored: int
    rerun: int


def replicated(
    stored: Sequence[float], rerun: Sequence[float], confidence: float, spread: Spread | None = None
) -> Replicated:
    """Compare repeated runs; a run that ended badly counts and blocks the comparison.

    Raises:
        InvalidEvidence: a set is empty or holds a score that is no number, or neither set nor spread tells how far runs
            lie apart.
    """
    old, new = np.asarray(stored, float), np.asarray(rerun, float)
    if not len(old) or not len(new) or not np.isfinite(old).all() or not np.isfinite(new).all():
        raise InvalidEvidence("every stored and every new run needs a score; a run that ended badly counts as a run")
    test: ReplicateTest
    if spread is not None:
        error, freedom, test = (
            spread.points * sqrt(1 / len(old) + 1 / len(new)),
            float(spread.freedom),
            "t, pooled spread",
        )
    else:
        if min(len(old), len(new)) < 2:
            raise InvalidEvidence(
                f"{len(old)} stored and {len(new)} new runs do not tell how far runs lie apart; repeat both"
            )
        parts = [float(runs.var(ddof=1)) / len(runs) for runs in (old, new)]
        error, test = sqrt(sum(parts)), "Welch t"
        below = sum(part**2 / (len(runs) - 1) for part, runs in zip(parts, (old, new), strict=True))
        freedom = sum(parts) ** 2 / below if below else inf
    difference = float(new.mean() - old.mean())
    # Runs without any spread say nothing about the next one, so they bound nothing.
    if error == 0 or not isfinite(freedom):
        raise InvalidEvidence("repeated runs with identical scores have no measurable spread; calibrate it first")
    half = float(scipy.special.stdtrit(freedom, (1 + confidence) / 2)) * error
    return Replicated(
        difference=difference,
        interval=Interval(low=difference - half, high=difference + half, confidence=confidence),
        p_value=float(2 * scipy.special.stdtr(freedom, -abs(difference) / error)),
        test=test,
        spread=error / sqrt(1 / len(old) + 1 / len(new)),
        stored=len(old),
        rerun=len(new),
    )


def seeds_needed(spread: float, margin: float, level: float) -> int:
    """Return the runs on each side with which equal models pass the equivalence test four times in five.

    Two one-sided t-tests at a true difference of zero, 2k - 2 degrees of freedom: the smallest k with
    P(|D| < margin - t(1 - level) s sqrt(2/k)) >= 0.8, the spread taken as known for D and the t quantile kept.
    """

    def enough(runs: int) -> bool:
        error = spread * sqrt(2 / runs)
        room = margin - float(scipy.special.stdtrit(2 * runs - 2, 1 - level)) * error
        return room > 0 and 2 * float(scipy.special.ndtr(room / error)) - 1 >= POWER

    # More runs never pass less often, so the smallest number is found by halving.
    return bisect_left(range(SEEDS_LIMIT), True, lo=2, key=enough)
