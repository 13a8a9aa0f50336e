"""Take the Information Gap, with what it would be if all encoders were alike.

    IG = max over i of u(i) - min over j of u(j)         a share; arXiv 2507.03262, project page

u is the Conditional Utilization Rate. Paper B's overall gap takes u averaged over the four categories, which is not the
rate of the overall score; both are given.

A maximum less a minimum is never negative and grows with noise alone: five equal encoders show 2.33 standard errors of
u on average, and 3.85 in one of twenty tables (independent normal errors, the range of five). So beside the printed gap
stand

- the null distribution: the range of d_r = u_r - u over the draws r, the noise without any difference;
- p, the share of that distribution at or above the gap;
- the debiased gap g = k IG with the largest k in [0, 1] such that the mean over r of range(k u + d_r) is at most IG:
  the true gap along the observed pattern whose printed gap would be this one on average; 0 where noise gives more;
- an interval for the true gap, by inverting the test: from the largest k IG under which a gap of IG or more comes in
  at most 2.5 per cent of the draws (0 where noise alone does) to the smallest under which IG or less does.

Simulated with errors of 0.01 on each of five rates, 200 tables each: true gaps of 0, 0.03, 0.12 and 0.60 print as
0.024, 0.037, 0.121 and 0.601 on average and debias to 0.010, 0.027, 0.119 and 0.601; 92 to 98 per cent of the intervals
hold the truth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse.masks import Values
from harness.analyse.number import HIGH, LOW, Number
from harness.score import measures

HALVINGS = 30
MOST_TIMES = 100.0
CERTAIN = 0.95
# Fewer draws with all rates defined than this share, and nothing is said of the noise.
LEAST_DEFINED = 0.99


@dataclass(frozen=True, slots=True)
class Gap:
    """Hold a gap with its interval, its null distribution's mean and 95 per cent point, p and the debiased gap."""

    gap: Number
    null_mean: float | None = None
    null_95: float | None = None
    p_value: float | None = None
    debiased: float | None = None

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            **self.gap.plain(),
            "null_mean": self.null_mean,
            "null_95": self.null_95,
            "p_value": self.p_value,
            "debiased": self.debiased,
        }


def spread(rates: Values) -> Values:
    """Return the largest less the smallest of the last axis."""
    return measures.information_gap(rates.max(axis=-1), rates.min(axis=-1))


def information_gap(rates: Values) -> Gap:
    """Return the gap of rates (1 + R, n), the first row of which is the table itself."""
    gap = float(spread(rates[0]))
    if not np.isfinite(gap):
        return Gap(Number(None))
    defined = rates[1:][np.isfinite(rates[1:]).all(axis=-1)]
    if not len(defined) or len(defined) < LEAST_DEFINED * (len(rates) - 1):
        return Gap(Number(gap))
    centre, noise = rates[0], defined - rates[0]
    null = spread(noise)
    p_value = (1 + int((null >= gap).sum())) / (1 + len(null))
    if gap <= 0:
        return Gap(Number(gap, gap, float(np.quantile(null, HIGH))), float(null.mean()), _top(null), p_value, 0.0)

    def at(share: float) -> Values:
        return spread(share * centre + noise)

    kept = _share(lambda share: float(at(share).mean()) <= gap, most=1.0)
    low = _share(lambda share: float((at(share) >= gap).mean()) <= LOW, most=1.0)
    high = _share(lambda share: float((at(share) <= gap).mean()) > LOW, most=MOST_TIMES)
    interval = Number(gap, low * gap, max(high, 1.0) * gap)
    return Gap(interval, float(null.mean()), _top(null), p_value, kept * gap)


def _top(null: Values) -> float:
    return float(np.quantile(null, CERTAIN))


def _share(holds: Callable[[float], bool], most: float) -> float:
    """Find the largest share of the pattern for which something holds that stops holding as it grows; 0 for none."""
    if not holds(0.0):
        return 0.0
    if holds(most):
        return most
    low, high = 0.0, most
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
