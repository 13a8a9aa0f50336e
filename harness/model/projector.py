"""Project fused channels to the width of the language model, and say where each token lies in the picture."""

import torch
from torch import Tensor, nn

from harness.schema.recipe import Projector


class Projection(nn.Module):
    """Map fused tokens (B, N, C) to visual tokens (B, N, H): Linear(C, hidden), GELU, Linear(hidden, H), plus places.

    `mlp2x_gelu` is LLaVA-1.5's projector (arXiv 2310.03744). The places are fixed, no weights.
    """

    places: Tensor

    def __init__(self, projector: Projector, channels: int, width: int, grid: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(channels, projector.hidden), nn.GELU(), nn.Linear(projector.hidden, width)
        )
        self.register_buffer("places", projector.place * places(grid, width), persistent=False)

    def content(self, fused: Tensor) -> Tensor:
        """Project fused tokens to what they say, without where they lie."""
        return self.layers(fused)

    def forward(self, fused: Tensor) -> Tensor:
        """Project fused tokens in raster order."""
        return self.content(fused) + self.places


def places(grid: int, width: int) -> Tensor:
    """Return the two-dimensional sine-cosine positions (grid**2, width) of a raster (ViT, MAE arXiv 2111.06377).

    One half of the channels codes the row, the other the column, each as sines and cosines of width/4 frequencies
    falling geometrically from 1 to 1/100: a grid is short.
    """
    # Named, since transformers' way to load a model may take `linspace` out of what a device's context covers.
    frequencies = 100.0 ** -torch.linspace(0, 1, width // 4, device=torch.get_default_device())
    angles = torch.arange(grid)[:, None] * frequencies
    line = torch.cat([angles.sin(), angles.cos()], dim=1)
    rows, columns = line[:, None].expand(grid, grid, -1), line[None].expand(grid, grid, -1)
    return torch.cat([rows, columns], dim=2).flatten(0, 1)
