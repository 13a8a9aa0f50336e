"""Adapt Pix2Struct's image encoder (arXiv 2210.03347), trained to read screens into their markup."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import unfold
from transformers import Pix2StructVisionConfig, Pix2StructVisionModel

from harness.encoders.backbone import Backbone
from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec


class Pix2Struct(Backbone):
    """Cut the picture into patches that carry their row and column, and return one token a patch.

    Pix2Struct standardises each picture by its own mean and standard deviation instead of fixed ones, and takes
    flattened patches [row, column, pixels...] with rows and columns counted from 1. Eagle uses the first 45 x 45 (its
    processor cuts a square picture into the 45 x 45 patches that 2048 allow).
    """

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers.Pix2StructVisionModel` for grid x grid patches, or for the `seq_len` of its training."""
        arguments: dict[str, Any] = {"seq_len": spec.grid**2, **spec.architecture, "patch_size": spec.stride_px}
        return Pix2StructVisionModel(Pix2StructVisionConfig(**arguments))

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Take the encoder of pictures; the decoder writes the text of a screen."""
        return Naming(prefix="encoder.", others=(r"decoder\.",))

    def prepare(self, canvas: Tensor) -> Tensor:
        """Resize, normalise as the other encoders do, then standardise each picture over all its values.

        The floor 1 / sqrt(number of values) on the standard deviation is that of `transformers`' image processor.
        """
        pixels = super().prepare(canvas)
        deviation = pixels.flatten(1).std(dim=1, correction=0).clamp(min=pixels[0].numel() ** -0.5)
        return (pixels - pixels.mean(dim=(1, 2, 3), keepdim=True)) / deviation.view(-1, 1, 1, 1)

    def patches(self, pixels: Tensor) -> Tensor:
        """Flatten pixels (B, 3, s, s) to patches (B, N, 2 + 3 p^2): row, column, then pixels with the channel last."""
        size, grid = self.spec.stride_px, self.spec.grid
        flat = unfold(pixels, kernel_size=size, stride=size).transpose(1, 2)
        flat = flat.unflatten(2, (3, size, size)).permute(0, 1, 3, 4, 2).flatten(2)
        steps = torch.arange(1, grid + 1, device=pixels.device, dtype=pixels.dtype)
        places = torch.cartesian_prod(steps, steps).expand(len(pixels), -1, -1)
        return torch.cat([places, flat], dim=2)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode standardised pixels; every patch is attended to.

        The library's own forward asks the values of a mask whether they are all one, which no shape can answer; ours
        are, so its parts are called without one. The numbers are the same.
        """
        embedded = self.inner.embeddings(self.patches(pixels))
        return self.inner.layernorm(self.inner.encoder(embedded)[0])
