"""Specify a small encoder of every family, with the arguments that only the real sizes use."""

from typing import Any

from harness.encoders.colours import HALF
from harness.encoders.table import TINY
from harness.schema.encoder import EncoderSpec, Family, Weights

ABSENT = Weights(location="nowhere", revision="", sha256="", file="model.safetensors", layout="published")
BY_NAME = {card.spec.name: card.spec for card in TINY}


def small(family: Family, side_px: int, stride_px: int, grid: int, channels: int, **architecture: Any) -> EncoderSpec:
    """Specify an encoder by its shape."""
    return EncoderSpec(
        name=family,
        family=family,
        architecture=architecture,
        weights=ABSENT,
        side_px=side_px,
        stride_px=stride_px,
        grid=grid,
        channels=channels,
        mean=HALF,
        std=HALF,
    )


VIT = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 3}
SIGLIP = small("siglip", 64, 14, 4, 48, **VIT, intermediate_size=96, patch_size=14)
DINOV2 = small("dinov2", 56, 14, 4, 48, **VIT, patch_size=14, image_size=84, use_swiglu_ffn=True)
DETECTOR = small("eva02_detector", 64, 8, 8, 48, embed_dim=48, depth=4, num_heads=3, pretrain_px=40, window=4, every=2)
SHORT_SAM = small(
    "sam",
    64,
    8,
    4,
    96,
    hidden_size=48,
    num_hidden_layers=2,
    num_attention_heads=3,
    mlp_dim=96,
    patch_size=8,
    window_size=4,
    global_attn_indexes=[1],
    num_pos_feats=24,
    output_channels=24,
    neck="short",
    unshuffle=2,
)
SMALL = (SIGLIP, DINOV2, DETECTOR, SHORT_SAM, *BY_NAME.values())
