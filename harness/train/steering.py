"""Take one optimizer step the same way for every part that is pre-trained."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harness.train.schedule import cosine

WARMUP, DECAY, CLIP = 50, 0.05, 1.0


class Steering:
    """Steer parameters by AdamW: decay on matrices only, 50 steps of warm-up, a cosine to zero, clipped gradients."""

    def __init__(self, parameters: Sequence[nn.Parameter], rate: float, steps: int):
        self.parameters, self.rate, self.steps, self.losses = list(parameters), rate, steps, []
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))

    def step(self, loss: Tensor) -> str:
        """Take one step down a loss; return a note on it."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * cosine(len(self.losses), self.steps, WARMUP)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimizer.step()
        self.losses.append(float(loss.detach()))
        return f"loss {self.losses[-1]:.3f}"

    @property
    def last(self) -> float:
        """Return the mean of the last fifty losses."""
        tail = self.losses[-50:]
        return sum(tail) / len(tail)
