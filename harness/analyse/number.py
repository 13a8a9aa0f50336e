"""Hold a value with its interval, and take both from the draws of a measure."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse.masks import Values

LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a measure's value and the ends of its 95 per cent interval; None is what the table does not give."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"value": self.value, "low": self.low, "high": self.high}


def number(draws: Values) -> Number:
    """Take a value and its interval from a row of draws, the first of which is the table itself.

    A draw in which the measure is undefined (a rate of a full score that fell to zero) counts as beyond both ends, so a
    few widen the interval and many leave none.
    """
    value = float(draws[0])
    if not np.isfinite(value):
        return Number(None)
    if len(draws) == 1:
        return Number(value)
    defined = np.isfinite(draws[1:])
    low = float(np.quantile(np.where(defined, draws[1:], -np.inf), LOW, method="lower"))
    high = float(np.quantile(np.where(defined, draws[1:], np.inf), HIGH, method="higher"))
    if not (np.isfinite(low) and np.isfinite(high)):
        return Number(value)
    # With a skewed measure the table's own value may lie outside the draws' middle; it is never left out.
    return Number(value, min(value, low), max(value, high))
