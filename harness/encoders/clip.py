"""Adapt CLIP's vision tower (arXiv 2103.00020), trained to match pictures with captions."""

from typing import Any

from torch import Tensor, nn
from transformers import CLIPVisionConfig, CLIPVisionModel

from harness.encoders.backbone import Backbone
from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec

# What a checkpoint of picture and text towers holds beside the picture tower; the ids only count the positions.
BESIDE_THE_PICTURES = (
    r"text_model\.",
    r"(text|visual)_projection\.",
    r"logit_(scale|bias)$",
    r"vision_model\.embeddings\.position_ids$",
)


class Clip(Backbone):
    """Return the last block's patch tokens without the class token.

    Eagle's `clip_encoder.py` ignores `mm_vision_select_layer` and returns the last block; so does this adaptor.
    """

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers.CLIPVisionModel`."""
        arguments: dict[str, Any] = {**spec.architecture, "image_size": spec.side_px}
        return CLIPVisionModel(CLIPVisionConfig(**arguments))

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Take the picture tower out of both towers."""
        return Naming(prefix="vision_model.", others=BESIDE_THE_PICTURES)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels; the class token is dropped."""
        return self.inner(pixel_values=pixels).last_hidden_state[:, 1:]
