"""Project each encoder by itself: one perceptron an encoder, without biases, so that nothing in is nothing out."""

import torch
from torch import Tensor, nn

from harness.model.source import Source
from harness.schema.recipe import Projector


class PerEncoder(nn.Module):
    """Map fused tokens (B, N, C) to each encoder's own visual tokens (B, n, N, H), encoders in the tower's order.

    Encoder i owns the slice x_i of D_i channels and the weights U_i (hidden x D_i), V_i (H x hidden):

        z_i = V_i GELU(U_i x_i)

    There are no biases, as GELU(0) = 0: a masked encoder, whose slice is zero, adds exactly nothing. Independent
    projectors behind which encoders meet: LEO (arXiv 2501.06986), METEOR (arXiv 2507.20842, "post-projection fusion").
    """

    def __init__(self, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        self.widths = [spec.channels for spec in encoders]
        self.each = nn.ModuleDict(
            {
                spec.name: nn.Sequential(
                    nn.Linear(spec.channels, projector.hidden, bias=False),
                    nn.GELU(),
                    nn.Linear(projector.hidden, width, bias=False),
                )
                for spec in encoders
            }
        )

    def forward(self, fused: Tensor) -> Tensor:
        """Project the slices."""
        return torch.stack(
            [one(part) for one, part in zip(self.each.values(), fused.split(self.widths, dim=-1), strict=True)], dim=1
        )
