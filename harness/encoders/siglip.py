"""Adapt SigLIP's vision tower (arXiv 2303.15343), trained to match pictures with captions, each pair by itself."""

from typing import Any

from torch import Tensor, nn
from transformers import SiglipVisionConfig, SiglipVisionModel

from harness.encoders.backbone import Backbone
from harness.encoders.clip import BESIDE_THE_PICTURES
from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec


class Siglip(Backbone):
    """Return the patch tokens after the last normalisation; there is no class token.

    The pooling head is part of the published tower and is loaded with it, but plays no part in the tokens.
    """

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers.SiglipVisionModel`.

        384 px are no multiple of a 14 px patch: the last 6 px of a row and column belong to no patch, as upstream.
        """
        arguments: dict[str, Any] = {**spec.architecture, "image_size": spec.side_px}
        return SiglipVisionModel(SiglipVisionConfig(**arguments))

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Take the picture tower out of both towers."""
        return Naming(prefix="vision_model.", others=BESIDE_THE_PICTURES)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to normalised patch tokens."""
        return self.inner(pixel_values=pixels).last_hidden_state
