"""Know when a training has failed: its loss is no number any more, or has grown far above where it began.

With W = `WINDOW` steps, a training has grown away when the mean of its last W losses is above `GROWN` times the mean of
its first W. A loss that only fails to fall is no divergence. Both rules are functions of the losses alone, so that a
training which was cut short is judged as if it had not been.
"""

import math
from collections.abc import Sequence

from torch import Tensor

from harness.errors import HarnessError
from harness.train.kinds import WINDOW

GROWN = 4.0
"""Ours: above the spread of small batches (under 2 in every training kept here), below what could still mend."""


class Diverged(HarnessError):
    """Report a training that failed in itself; that is a result, not a reason to try again.

    `losses`, `kinds` and `figures` are what was kept of it before the failure.
    """

    def __init__(self, stage: str, step: int, why: str):
        super().__init__(f"stage '{stage}', step {step}: {why}; the training is recorded as diverged, with its losses")
        self.stage, self.step, self.why = stage, step, why
        self.losses: dict[str, list[float]] = {}
        self.kinds: dict[str, list[float]] = {}
        self.figures: dict[str, dict[str, list[tuple[int, float]]]] = {}


def no_number(value: float) -> bool:
    """Tell whether a loss or a norm is NaN or infinite."""
    return not math.isfinite(value)


def grown_away(losses: Sequence[float] | Tensor) -> str:
    """Say how far the losses of a stage, of every step so far, have grown above their beginning, or nothing."""
    if len(losses) < 2 * WINDOW:
        return ""
    first, last = (math.fsum(part) / WINDOW for part in (losses[:WINDOW], losses[-WINDOW:]))
    if last <= GROWN * first:
        return ""
    return f"the mean loss of the last {WINDOW} steps is {last:.4g}, that of the first {WINDOW} was {first:.4g}"
