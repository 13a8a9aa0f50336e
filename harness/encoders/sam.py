"""Adapt SAM's image encoder (arXiv 2304.02643), trained to mask whatever is pointed at."""

from typing import Any

from torch import Tensor, nn
from transformers import SamVisionConfig
from transformers.models.sam.modeling_sam import SamVisionEncoder

from harness.encoders.backbone import Backbone, raster
from harness.schema.encoder import EncoderSpec


class Sam(Backbone):
    """Return the neck's map as tokens: windowed and global attention blocks, then a two-layer convolutional neck."""

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers`' `SamVisionEncoder`."""
        arguments: dict[str, Any] = {**spec.architecture, "image_size": spec.side_px}
        return SamVisionEncoder(SamVisionConfig(**arguments))

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to the neck's map."""
        return raster(self.inner(pixels).last_hidden_state)
