"""Measure the interval over repeated trainings: does it hold the truth, is a lost point seen as often as planned?"""

from dataclasses import dataclass

import numpy as np

from harness.verify.replicates import Spread, replicated
from harness.verify.spreads import pooled_spread

CONFIDENCE, LEVEL = 0.90, 0.05
POOLED_MODELS, POOLED_SEEDS = 31, 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Name a plan of runs: so many stored, so many new, how far runs spread in points, pooled over models or not.

    `promised` is the planned power for a loss of one point.
    """

    stored: int
    new: int
    spread: float
    pooled: bool
    promised: float


# Power by the noncentral t distribution; a pooled spread comes from 31 models of three seeds, 62 degrees of freedom.
PLANS = (
    Plan(3, 3, 0.2, False, 0.80),
    Plan(4, 4, 0.3, False, 0.90),
    Plan(6, 6, 0.5, False, 0.80),
    Plan(7, 7, 0.5, False, 0.90),
    Plan(12, 12, 0.7, False, 0.90),
    Plan(3, 1, 0.2, True, 0.99),
    Plan(3, 1, 0.3, True, 0.81),
    Plan(3, 1, 0.5, True, 0.40),
    Plan(3, 3, 0.5, True, 0.67),
)


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one plan's shares: intervals that held the truth, honest runs called different, lost points found."""

    plan: Plan
    covered: float
    alarmed: float
    found: float


def measure(plan: Plan, times: int, seed: int = 0) -> Row:
    """Simulate one plan."""
    rng, covered, alarmed, found = np.random.default_rng(seed), 0, 0, 0
    for _ in range(times):
        spread: Spread | None = None
        if plan.pooled:
            spread = pooled_spread(rng.normal(0, plan.spread, (POOLED_MODELS, POOLED_SEEDS)).tolist())
        old, new = (rng.normal(0, plan.spread, count) for count in (plan.stored, plan.new))
        honest = replicated(old.tolist(), new.tolist(), CONFIDENCE, spread)
        covered += honest.interval.low <= 0 <= honest.interval.high
        alarmed += honest.p_value < LEVEL
        found += replicated(old.tolist(), (new - 1).tolist(), CONFIDENCE, spread).p_value < LEVEL
    return Row(plan, covered / times, alarmed / times, found / times)
