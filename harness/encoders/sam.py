"""Adapt SAM's image encoder (arXiv 2304.02643), trained to mask whatever is pointed at."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pixel_unshuffle
from transformers import SamVisionConfig
from transformers.models.sam.modeling_sam import SamLayerNorm, SamVisionEncoder

from harness.encoders.backbone import Backbone, raster
from harness.encoders.naming import Naming
from harness.schema.encoder import EncoderSpec


class ShortNeck(nn.Module):
    """Narrow a map (B, h, w, D) to (B, `output_channels`, h, w): one convolution and its norm, trained from the start.

    Eagle (NVlabs/EAGLE @ 4da63d0, `sam_encoder.py`) puts it in place of the published neck of two layers.
    """

    def __init__(self, config: SamVisionConfig):
        super().__init__()
        self.conv1 = nn.Conv2d(config.hidden_size, config.output_channels, kernel_size=1, bias=False)
        self.layer_norm1 = SamLayerNorm(config.output_channels, data_format="channels_first")

    def forward(self, tokens: Tensor) -> Tensor:
        """Narrow the map."""
        return self.layer_norm1(self.conv1(tokens.permute(0, 3, 1, 2)))


def relative_positions(queries: int, keys: int, table: Tensor) -> Tensor:
    """Take the embedding of each distance (queries, keys, D) out of a table of 2 queries - 1 of them.

    The library interpolates the table first, also to the length that it has, and that has no deterministic way back on
    a GPU. Here map and table always belong together, so there is nothing to interpolate; the numbers are the same.
    """
    assert queries == keys
    assert len(table) == 2 * queries - 1
    places = torch.arange(queries, device=table.device)
    return table[places[:, None] - places[None] + keys - 1]


class Sam(Backbone):
    """Return the neck's map as tokens: windowed and global attention blocks, then a convolutional neck.

    Two arguments of `architecture` are ours: `neck` = "short" replaces the published neck, `unshuffle` = k folds k x k
    neighbours into the channels of one token (Eagle: 64 x 64 x 256 to 32 x 32 x 1024).
    """

    @staticmethod
    def construct(spec: EncoderSpec) -> nn.Module:
        """Build `transformers`' `SamVisionEncoder`."""
        arguments: dict[str, Any] = {**spec.architecture, "image_size": spec.side_px}
        neck, _ = arguments.pop("neck", None), arguments.pop("unshuffle", None)
        config = SamVisionConfig(**arguments)
        encoder: Any = SamVisionEncoder(config)
        if neck == "short":
            encoder.add_module("neck", ShortNeck(config))
        for layer in encoder.layers:
            layer.attn.get_rel_pos = relative_positions
        return encoder

    @staticmethod
    def published(spec: EncoderSpec) -> Naming:
        """Take the image encoder out of the whole of SAM; a short neck is not published."""
        others = (r"prompt_encoder\.", r"mask_decoder\.", r"shared_image_embedding\.")
        if spec.architecture.get("neck") != "short":
            return Naming(prefix="vision_encoder.", others=others)
        return Naming(prefix="vision_encoder.", others=(*others, r"vision_encoder\.neck\."), fresh=("neck.",))

    def tokens(self, pixels: Tensor) -> Tensor:
        """Encode pixels to the neck's map."""
        plane = self.inner(pixels).last_hidden_state
        fold = self.spec.architecture.get("unshuffle")
        return raster(pixel_unshuffle(plane, fold) if isinstance(fold, int) else plane)
