"""Adapt DINOv2 (arXiv 2304.07193), trained by itself on pictures without any text."""

from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from transformers import Dinov2Config, Dinov2Model

from harness.encoders.backbone import Backbone
from harness.encoders.naming import Naming
from harness.encoders.resample import resampled
from harness.schema.encoder import EncoderSpec


class Dinov2(Backbone):
    """Return the patch tokens after the last normalisation, without the class token.

    `architecture["image_size"]` is the side of its training; the positions are resampled bicubically to the side that
    the specification asks for (Cambrian's `dinov2-giant-res378` reads 378 px, trained on 518 px).
    """

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers.Dinov2Model`."""
        arguments: dict[str, Any] = {**spec.architecture}
        encoder = Dinov2Model(Dinov2Config(**arguments))
        # The library's own way back is not deterministic on a GPU.
        encoder.embeddings.interpolate_pos_encoding = MethodType(_positions, encoder.embeddings)
        return encoder

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Follow the names of the published files, where a gated layer is one tensor of gate and value."""
        return Naming(
            renamed=(
                (r"\.attention\.attention\.query\.", ".attention.q_proj."),
                (r"\.attention\.attention\.key\.", ".attention.k_proj."),
                (r"\.attention\.attention\.value\.", ".attention.v_proj."),
                (r"\.attention\.output\.dense\.", ".attention.o_proj."),
                (r"\.mlp\.weights_out\.", ".mlp.down_proj."),
            ),
            split=(
                ("mlp.weights_in.weight", ("mlp.gate_proj.weight", "mlp.up_proj.weight")),
                ("mlp.weights_in.bias", ("mlp.gate_proj.bias", "mlp.up_proj.bias")),
            ),
        )

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels; the class token is dropped."""
        return self.inner(pixel_values=pixels).last_hidden_state[:, 1:]


def _positions(embeddings: Any, tokens: Tensor, height: int, width: int) -> Tensor:
    """Return the positions (1, 1 + N, D) of the class token and of the patches of a square picture, as the library."""
    own, size = embeddings.position_embeddings, embeddings.patch_embeddings.patch_size[0]
    before, after = int((own.shape[1] - 1) ** 0.5), height // size
    if before == after:
        return own
    plane = own[:, 1:].transpose(1, 2).unflatten(2, (before, before))
    fresh = resampled(plane.float(), after, "bicubic", align_corners=False).to(own.dtype)
    return torch.cat([own[:, :1], fresh.flatten(2).transpose(1, 2)], dim=1)
