"""Define what every encoder adaptor does: take the shared canvas, prepare its own input, return a square token grid."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec


class Backbone(nn.Module, ABC):
    """Adapt one library encoder to the protocol canvas (B, 3, P, P) in [0, 1] -> tokens (B, N, D), N = grid**2.

    The canvas belongs to the recipe, so each adaptor resizes and normalises for its own weights (upstream code takes
    the image processor of one encoder for all, and so cannot build the subsets without it). The library module is
    `self.inner`; its state dict keeps the names that published checkpoints use.
    """

    # Each library names its own forward functions, which the type of a module does not know.
    inner: Any
    mean: Tensor
    std: Tensor

    def __init__(self, spec: EncoderSpec):
        super().__init__()
        self.spec = spec
        self.inner = self.construct(spec)
        self.register_buffer("mean", torch.tensor(spec.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(spec.std).view(1, 3, 1, 1), persistent=False)

    @staticmethod
    @abstractmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build the library module with random weights from `spec.architecture`."""

    @abstractmethod
    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode normalised pixels (B, 3, side_px, side_px) to tokens (B, N, D) in raster order."""

    def prepare(self, canvas: Tensor) -> Tensor:
        """Resize the canvas to the encoder's input side, bicubic with antialiasing, and normalise its channels."""
        side = self.spec.side_px
        if canvas.shape[-1] != side:
            canvas = interpolate(canvas, size=(side, side), mode="bicubic", antialias=True).clamp(0, 1)
        return (canvas - self.mean) / self.std

    def forward(self, canvas: Tensor) -> Tensor:
        """Encode a canvas (B, 3, P, P) with values in [0, 1] to tokens (B, N, D)."""
        return self.tokens(self.prepare(canvas).to(next(self.inner.parameters()).dtype))

    def checkpoint_activations(self, wanted: bool = True) -> None:
        """Keep one activation a block while training and compute the rest again on the way back; no number changes."""
        if wanted:
            self.inner.gradient_checkpointing_enable({"use_reentrant": False})
        else:
            self.inner.gradient_checkpointing_disable()

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Say how the published checkpoint names this module's tensors; by default as the module does."""
        return Naming()


def raster(features: Tensor) -> Tensor:
    """Turn a map (B, D, h, w) into tokens (B, h*w, D), row by row."""
    return features.flatten(2).transpose(1, 2)
