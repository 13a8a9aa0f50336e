"""Adapt DINOv2 (arXiv 2304.07193), trained by itself on pictures without any text."""

from typing import Any

from torch import Tensor, nn
from transformers import Dinov2Config, Dinov2Model

from harness.encoders.backbone import Backbone
from harness.encoders.naming import Naming
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
        return Dinov2Model(Dinov2Config(**arguments))

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
