"""Fuse the encoders' token grids into one: the same grid for all, channels side by side."""

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm

from harness.encoders.backbone import raster
from harness.encoders.resample import resampled
from harness.model.source import Source
from harness.schema.recipe import Fusion


class ChannelConcat(nn.Module):
    """Concatenate along the channels: tokens (B, N_i, D_i) of each encoder -> (B, N, C), C = sum of D_i.

    Each grid is resized bilinearly with aligned corners to grid x grid (Eagle,
    `multi_backbone_channel_concatenation_encoder.py`). The normalisation, if the recipe asks for it, has no weights,
    so zeros stay zeros and masking a slice is masking its encoder.
    """

    def __init__(self, fusion: Fusion, encoders: tuple[Source, ...]):
        super().__init__()
        self.fusion = fusion
        self.encoders = encoders
        self.channels = sum(spec.channels for spec in encoders)

    def forward(self, features: dict[str, Tensor]) -> Tensor:
        """Fuse the features of all encoders, in the order in which the tower was built."""
        return torch.cat([self._slice(features[spec.name], spec) for spec in self.encoders], dim=-1)

    def _slice(self, tokens: Tensor, spec: Source) -> Tensor:
        if self.fusion.normalise:
            tokens = layer_norm(tokens, (spec.channels,))
        side = self.fusion.grid
        if spec.grid == side:
            return tokens
        plane = tokens.transpose(1, 2).unflatten(2, (spec.grid, spec.grid))
        return raster(resampled(plane, side, "bilinear", align_corners=True))
