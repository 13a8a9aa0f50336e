"""Take one optimizer step the same way for every part that is pre-trained, and go on where one was cut short."""

import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn, optim

from harness.train.figures import ByStage, Figures, by_stage
from harness.train.kinds import Kinds, in_windows
from harness.train.resume import Kept, Snapshot, Snapshots
from harness.train.schedule import cosine

WARMUP, DECAY, CLIP = 50, 0.05, 1.0
EVERY_S = 120
MOMENTS = ("step", "exp_avg", "exp_avg_sq")
SECONDS = "seconds"
LAST = 50
"""Losses that the last one told is the mean of."""


class Steering:
    """Steer named parameters by AdamW: decay on matrices only, a warm-up, a cosine to zero, clipped gradients.

    With a `folder` a snapshot is written there every two minutes; `resume` takes the newest one up. `stage` names the
    course; `kinds` and `marks` take what is measured by kind, `figures` what else is: none of it touches what is
    learned.
    """

    def __init__(
        self,
        parameters: Mapping[str, nn.Parameter],
        rate: float,
        steps: int,
        folder: Path | None = None,
        stage: str = "course",
    ):
        self.named, self.rate, self.steps, self.stage, self.done = dict(parameters), rate, steps, stage, 0
        self._since = time.monotonic()
        empty = torch.full((steps,), torch.nan, dtype=torch.float64)
        self._remember(Kept({stage: empty}, {SECONDS: empty.clone()}))
        self.snapshots = Snapshots(folder, EVERY_S) if folder else None
        groups = [
            {"params": [p for p in self.named.values() if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in self.named.values() if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))

    def resume(self) -> int:
        """Return the number of steps taken before, with weights and moments as they were then."""
        found = self.snapshots.newest() if self.snapshots else None
        if found is None:
            return 0
        for name, parameter in self.named.items():
            parameter.data.copy_(found.weights[name])
            moments = {kind: found.moments[f"{name}/{kind}"] for kind in MOMENTS if f"{name}/{kind}" in found.moments}
            # A parameter that no loss has reached yet has none, and AdamW takes an empty state for a missing one.
            self.optimizer.state[parameter] = moments
        self._remember(Kept.of(found))
        self._since = time.monotonic()
        self.done = found.step
        return found.step

    def step(self, loss: Tensor, measured: Mapping[str, float] | None = None) -> str:
        """Take one step down a loss, keep what was `measured` beside it, and return a note on it."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * cosine(self.done, self.steps, WARMUP)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.named.values(), CLIP)
        self.optimizer.step()
        self.kept.losses[self.stage][self.done] = float(loss.detach())
        self.kept.figures[SECONDS][self.done] = time.monotonic() - self._since
        self._since = time.monotonic()
        self.kinds.close(self.done)
        self.marks.close(self.done)
        right = {f"accuracy/{kind}": share for kind, share in self.marks.told(self.done).items()}
        self.figures.add(self.done, {**(measured or {}), **right})
        self.done += 1
        if self.snapshots and self.snapshots.due:
            self.snapshots.write(self._snapshot())
        return f"loss {float(loss.detach()):.3f}"

    def keep(self) -> None:
        """Write a snapshot now: of the end, for whatever comes next."""
        if self.snapshots:
            self.snapshots.write(self._snapshot())

    @property
    def last(self) -> float:
        """Return the mean of the last losses."""
        return float(self.kept.losses[self.stage][max(0, self.done - LAST) : self.done].mean())

    @property
    def seconds(self) -> float:
        """Return what the steps took in all, also those before an interruption."""
        return float(self.kept.figures[SECONDS].nansum())

    def course(self) -> ByStage:
        """Return what was kept as points by figure: the loss, in all and by kind, a mean for each window, and figures.

        The loss in all is called `loss`, that of a kind `loss/<kind>`.
        """
        told = by_stage(self.kept.figures).get(self.stage, {})
        for name, curve in sorted(self.kept.losses.items()):
            told[f"loss{name.removeprefix(self.stage)}"] = in_windows(curve[: self.done])
        return {self.stage: told}

    def _remember(self, kept: Kept) -> None:
        self.kept = kept
        self.kinds, self.marks = (Kinds(one, self.stage, self.steps) for one in (kept.losses, kept.marks))
        self.figures = Figures(kept.figures, self.stage, self.steps)

    def _snapshot(self) -> Snapshot:
        moments = {
            f"{name}/{kind}": value
            for name, parameter in self.named.items()
            for kind, value in self.optimizer.state[parameter].items()
        }
        weights = {name: parameter.detach() for name, parameter in self.named.items()}
        return Snapshot(0, self.done, weights, moments, self.kept.losses, self.kept.figures, self.kept.marks)
