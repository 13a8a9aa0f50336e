"""Take one optimizer step the same way for every part that is pre-trained, and go on where one was cut short."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn, optim, tensor

from harness.train.resume import Snapshot, Snapshots
from harness.train.schedule import cosine

WARMUP, DECAY, CLIP = 50, 0.05, 1.0
EVERY_S = 120
MOMENTS = ("step", "exp_avg", "exp_avg_sq")


class Steering:
    """Steer named parameters by AdamW: decay on matrices only, a warm-up, a cosine to zero, clipped gradients.

    With a `folder` a snapshot is written there every two minutes; `resume` takes the newest one up.
    """

    def __init__(self, parameters: Mapping[str, nn.Parameter], rate: float, steps: int, folder: Path | None = None):
        self.named, self.rate, self.steps = dict(parameters), rate, steps
        self.losses: list[float] = []
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
        self.losses = found.losses["loss"].tolist()
        return found.step

    def step(self, loss: Tensor) -> str:
        """Take one step down a loss; return a note on it."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * cosine(len(self.losses), self.steps, WARMUP)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.named.values(), CLIP)
        self.optimizer.step()
        self.losses.append(float(loss.detach()))
        if self.snapshots and self.snapshots.due:
            self.snapshots.write(self._snapshot())
        return f"loss {self.losses[-1]:.3f}"

    def keep(self) -> None:
        """Write a snapshot now: of the end, for whatever comes next."""
        if self.snapshots:
            self.snapshots.write(self._snapshot())

    @property
    def last(self) -> float:
        """Return the mean of the last fifty losses."""
        tail = self.losses[-50:]
        return sum(tail) / len(tail)

    def _snapshot(self) -> Snapshot:
        moments = {
            f"{name}/{kind}": value
            for name, parameter in self.named.items()
            for kind, value in self.optimizer.state[parameter].items()
        }
        weights = {name: parameter.detach() for name, parameter in self.named.items()}
        return Snapshot(0, len(self.losses), weights, moments, {"loss": tensor(self.losses)})
