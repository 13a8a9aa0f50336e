"""Adapt a ConvNeXt (arXiv 2201.03545) from timm; its last stage is the token map."""

from typing import Any

import timm
from torch import Tensor, nn

from harness.encoders.backbone import Backbone, raster
from harness.schema.encoder import EncoderSpec


class ConvNext(Backbone):
    """Return the last stage's map as tokens (Eagle, `convnext_encoder.py`: last stage, no pooling, no head)."""

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build the timm model that `architecture["model"]` names, with the other arguments."""
        arguments: dict[str, Any] = {**spec.architecture}
        return timm.create_model(arguments.pop("model"), pretrained=False, num_classes=0, **arguments)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to the map of the last stage."""
        return raster(self.inner.forward_features(pixels))
