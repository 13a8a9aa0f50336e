"""Keep the loss of each kind of question, or of cell, at every step, where it survives an interruption.

What is kept lies beside the losses that a snapshot holds, as one tensor a kind named `<stage>/<kind>`; a step that saw
none of a kind is NaN there.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

WINDOW = 25
"""Steps that one figure is the mean of: one step sees a handful of each kind."""


class Kinds:
    """Add up losses by kind within a step, and keep their means."""

    def __init__(self, losses: dict[str, Tensor], stage: str, steps: int):
        self.losses, self.stage, self.steps = losses, stage, steps
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, kind: str, losses: Tensor) -> None:
        """Add the losses of one kind that a micro-batch saw."""
        total, count = self._sums.get(kind, (0.0, 0))
        self._sums[kind] = (total + float(losses.detach().double().sum()), count + losses.numel())

    def sums(self) -> dict[str, tuple[float, int]]:
        """Return the sum and the number of the losses of each kind that this process saw in this step."""
        return dict(self._sums)

    def pool(self, heard: Sequence[dict[str, tuple[float, int]]]) -> None:
        """Put what all processes saw of a step in the place of what this one saw."""
        self._sums = {
            kind: (sum(one[kind][0] for one in heard if kind in one), sum(one[kind][1] for one in heard if kind in one))
            for kind in sorted({kind for one in heard for kind in one})
        }

    def close(self, step: int) -> None:
        """Keep the means of a step, counted from 0, and begin the next."""
        for kind, (total, count) in self._sums.items():
            if count:
                fresh = torch.full((self.steps,), torch.nan, dtype=torch.float64)
                self.losses.setdefault(f"{self.stage}/{kind}", fresh)[step] = total / count
        self._sums.clear()

    def told(self, step: int) -> dict[str, float]:
        """Return the newest mean of each kind after a step that ends a window, nothing after any other."""
        if (step + 1) % WINDOW and step + 1 != self.steps:
            return {}
        first = step // WINDOW * WINDOW
        means = {
            name.removeprefix(f"{self.stage}/"): float(curve[first : step + 1].nanmean())
            for name, curve in sorted(self.losses.items())
            if name.startswith(f"{self.stage}/")
        }
        return {kind: mean for kind, mean in means.items() if mean == mean}


def by_kind(losses: dict[str, Tensor]) -> dict[str, list[float]]:
    """Return the curve of each `<stage>/<kind>`: a mean for each window of steps, leaving out those that saw none."""
    means = {
        name: [float(part.nanmean()) for part in curve.split(WINDOW)]
        for name, curve in sorted(losses.items())
        if "/" in name
    }
    return {name: [mean for mean in curve if mean == mean] for name, curve in means.items()}
