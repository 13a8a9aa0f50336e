"""Adapt a ConvNeXt (arXiv 2201.03545) from timm; its last stage is the token map."""

from typing import Any

import timm
from torch import Tensor, nn

from harness.encoders.backbone import Backbone, raster
from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec


class ConvNext(Backbone):
    """Return the last stage's map as tokens (Eagle, `convnext_encoder.py`: last stage, no pooling, no head)."""

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build the timm model that `architecture["model"]` names, with the other arguments."""
        arguments: dict[str, Any] = {**spec.architecture}
        return timm.create_model(arguments.pop("model"), pretrained=False, num_classes=0, **arguments)

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Leave the projection into the space of captions out."""
        return Naming(others=(r"head\.fc\.",))

    def checkpoint_activations(self, wanted: bool = True) -> None:
        """Keep one activation a stage; the rest is computed again on the way back."""
        self.inner.set_grad_checkpointing(wanted)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to the map of the last stage."""
        return raster(self.inner.forward_features(pixels))
