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

    No interval where there are no further draws, or where the measure is undefined in some of them.
    """
    value = float(draws[0])
    if not np.isfinite(value):
        return Number(None)
    if len(draws) == 1 or not np.isfinite(draws).all():
        return Number(value)
    low, high = np.quantile(draws[1:], (LOW, HIGH))
    # With a skewed measure the table's own value may lie outside the draws' middle; it is never left out.
    return Number(value, min(value, float(low)), max(value, float(high)))
