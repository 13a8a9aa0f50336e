"""Measure the interval over repeated trainings: does it hold the truth, is a lost point seen as often as planned?"""

from dataclasses import dataclass

import numpy as np

from harness.verify.calibrate import between_runs
from harness.verify.replicates import Spread, replicated
from harness.verify.spreads import pooled_spread

CONFIDENCE, LEVEL = 0.90, 0.05
POOLED_SEEDS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Name a plan of runs: so many stored, so many new, how far runs spread in points, pooled over how many models.

    `models` is 0 where the runs tell their own spread; `promised` is the planned power for a loss of one point.
    """

    stored: int
    new: int
    spread: float
    models: int
    promised: float


# Power by the noncentral t distribution; each model of a pooled spread has three seeds, two degrees of freedom.
PLANS = (
    Plan(3, 3, 0.2, 0, 0.80),
    Plan(4, 4, 0.3, 0, 0.90),
    Plan(6, 6, 0.5, 0, 0.80),
    Plan(7, 7, 0.5, 0, 0.90),
    Plan(12, 12, 0.7, 0, 0.90),
    Plan(3, 1, 0.2, 31, 0.99),
    Plan(3, 1, 0.3, 31, 0.81),
    Plan(3, 1, 0.5, 31, 0.40),
    Plan(3, 3, 0.5, 31, 0.67),
    Plan(1, 1, 0.2, 6, 0.90),
    Plan(3, 1, 0.2, 6, 0.98),
    Plan(3, 3, 0.5, 6, 0.61),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one plan's shares: intervals that held the truth, honest runs called different, lost points found.

    `passed` is the share of honest runs whose interval lies inside the margin that a calibration promises one new run
    against one stored one; None where no spread is calibrated.
    """

    plan: Plan
    covered: float
    alarmed: float
    found: float
    passed: float | None


def measure(plan: Plan, times: int, seed: int = 0) -> Row:
    """Simulate one plan."""
    rng, covered, alarmed, found, passed = np.random.default_rng(seed), 0, 0, 0, 0
    for _ in range(times):
        spread: Spread | None = None
        if plan.models:
            spread = pooled_spread(rng.normal(0, plan.spread, (plan.models, POOLED_SEEDS)).tolist())
        old, new = (rng.normal(0, plan.spread, count) for count in (plan.stored, plan.new))
        honest = replicated(old.tolist(), new.tolist(), CONFIDENCE, spread)
        covered += honest.interval.low <= 0 <= honest.interval.high
        alarmed += honest.p_value < LEVEL
        if spread:
            margin = between_runs(spread.points, spread.freedom)
            passed += -margin < honest.interval.low and honest.interval.high < margin
        found += replicated(old.tolist(), (new - 1).tolist(), CONFIDENCE, spread).p_value < LEVEL
    return Row(plan, covered / times, alarmed / times, found / times, passed / times if plan.models else None)
