"""Keep what is measured of each kind of question, or of cell, at every step, where it survives an interruption.

That is the loss, and whether the answers were right. What is kept lies in a snapshot, as one tensor a kind named
`<stage>/<kind>`; a step that saw none of a kind is NaN there.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from harness.data.batch import Batch

WINDOW = 25
"""Steps that one figure is the mean of: one step sees a handful of each kind."""


class Kinds:
    """Add up values by kind within a step, and keep their means."""

    def __init__(self, kept: dict[str, Tensor], stage: str, steps: int):
        self.kept, self.stage, self.steps = kept, stage, steps
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, kind: str, values: Tensor) -> None:
        """Add the values of one kind that a micro-batch saw."""
        total, count = self._sums.get(kind, (0.0, 0))
        self._sums[kind] = (total + float(values.detach().double().sum()), count + values.numel())

    def sums(self) -> dict[str, tuple[float, int]]:
        """Return the sum and the number of the values of each kind that this process saw in this step."""
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
                self.kept.setdefault(f"{self.stage}/{kind}", fresh)[step] = total / count
        self._sums.clear()

    def told(self, step: int) -> dict[str, float]:
        """Return the newest mean of each kind after a step that ends a window, nothing after any other."""
        if (step + 1) % WINDOW and step + 1 != self.steps:
            return {}
        first = step // WINDOW * WINDOW
        means = {
            name.removeprefix(f"{self.stage}/"): float(curve[first : step + 1].nanmean())
            for name, curve in sorted(self.kept.items())
            if name.startswith(f"{self.stage}/")
        }
        return {kind: mean for kind, mean in means.items() if mean == mean}


def in_windows(curve: Tensor) -> list[tuple[int, float]]:
    """Return a curve of every step as points: the last step of each window, counted from 1, and the window's mean."""
    ends = [min(first + WINDOW, len(curve)) for first in range(0, len(curve), WINDOW)]
    means = [(end, float(part.nanmean())) for end, part in zip(ends, curve.split(WINDOW), strict=True)]
    return [(end, mean) for end, mean in means if mean == mean]


def by_kind(kept: dict[str, Tensor]) -> dict[str, list[float]]:
    """Return the curve of each `<stage>/<kind>`: a mean for each window of steps, leaving out those that saw none."""
    means = {
        name: [float(part.nanmean()) for part in curve.split(WINDOW)]
        for name, curve in sorted(kept.items())
        if "/" in name
    }
    return {name: [mean for mean in curve if mean == mean] for name, curve in means.items()}


def add_answers(losses: Tensor, right: Tensor, batch: Batch, by_loss: Kinds, by_right: Kinds) -> None:
    """Add the losses of a batch's answer tokens by kind, and whether each answer was right from first token to last.

    `losses` and `right` (answer tokens,) stand in the order of the labels that count. An answer is right when each of
    its tokens is the likeliest after those before it; turns without a tag are left out.
    """
    turns = batch.turns()
    whole = torch.ones(len(batch.tags), device=right.device).scatter_reduce(0, turns, right.float(), "amin")
    for tag in sorted(set(batch.tags) - {""}):
        chosen = torch.tensor([one == tag for one in batch.tags], device=right.device)
        by_loss.add(tag, losses[chosen[turns]])
        by_right.add(tag, whole[chosen])
