"""Sum what each encoder's own projector says of a place: as many visual tokens as one encoder has."""

import torch
from torch import Tensor, nn

from harness.model.per_encoder import PerEncoder
from harness.model.projector import places
from harness.model.source import Source
from harness.schema.recipe import Fusion, Projector


class Summed(nn.Module):
    """Map fused tokens (B, N, C) to visual tokens (B, N, H): y = b + sum_i z_i, plus places.

    z_i are the projected tokens of `per_encoder.py`, b (H) is shared. To concatenate the hidden layers of independent
    projectors and to map them on by one matrix is the same: V [h_1; ...; h_n] = sum_i V_i h_i.

    Masking all but one encoder equals keeping one, by construction: the others add nothing.
    """

    places: Tensor

    def __init__(self, fusion: Fusion, projector: Projector, encoders: tuple[Source, ...], width: int):
        super().__init__()
        self.project = PerEncoder(projector, encoders, width)
        self.shift = nn.Parameter(torch.zeros(width))
        self.register_buffer("places", projector.place * places(fusion.grid, width), persistent=False)

    def content(self, fused: Tensor) -> Tensor:
        """Project fused tokens to what they say, without where they lie."""
        return self.project(fused).sum(1) + self.shift

    def forward(self, fused: Tensor) -> Tensor:
        """Project fused tokens in raster order."""
        return self.content(fused) + self.places
