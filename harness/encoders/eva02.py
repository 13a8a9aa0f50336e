"""Adapt EVA-02 (arXiv 2303.11331) from timm, every block looking at the whole picture."""

from typing import Any

import timm
from torch import Tensor, nn

from harness.encoders.backbone import Backbone
from harness.schema.encoder import EncoderSpec


class Eva02(Backbone):
    """Return the last block's patch tokens without the class token."""

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build the timm model that `architecture["model"]` names, with the other arguments."""
        arguments: dict[str, Any] = {**spec.architecture, "img_size": spec.side_px}
        encoder: Any = timm.create_model(arguments.pop("model"), pretrained=False, num_classes=0, **arguments)
        # Called as the module it is: ZeRO 3 puts a module's own weights (the class token) together when it is called.
        encoder.forward = encoder.forward_features
        return encoder

    def checkpoint_activations(self, wanted: bool = True) -> None:
        """Keep one activation a block; the rest is computed again on the way back."""
        self.inner.set_grad_checkpointing(wanted)

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels; the prefix (class) tokens are dropped."""
        return self.inner(pixels)[:, self.inner.num_prefix_tokens :]
