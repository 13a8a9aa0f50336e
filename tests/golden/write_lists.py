"""Write the lists of tensor names and shapes that the checkpoints of the full-size encoders hold.

    .venv/bin/python -m tests.golden.write_lists

No list of the hub can be read as plain text, so each comes from the library's class for the whole published model (both
towers, decoder and all), built without weights from the published configuration and named as its repository names it.
For DINOv2 the published names are older than the library's: `attention.attention.query` for `attention.q_proj`, one
tensor `weights_in` for gate and value. For EVA-02's detector, whose class no library has, the names are those that
NVlabs/EAGLE @ 4da63d0, `vision_models/eva_vit.py` gives its parameters, below `backbone.net.`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import timm
import torch
from torch import nn
from transformers import (
    CLIPConfig,
    CLIPModel,
    Dinov2Config,
    Dinov2Model,
    Pix2StructConfig,
    Pix2StructForConditionalGeneration,
    SamConfig,
    SamModel,
    SiglipConfig,
    SiglipModel,
)

from harness.encoders.table import find

HERE = Path(__file__).parent
Listing = Iterator[tuple[str, tuple[int, ...]]]
CLIP_TEXT = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12}
SIGLIP_TEXT = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16}
PIX2STRUCT_TEXT = {"hidden_size": 1536, "d_ff": 3968, "d_kv": 64, "num_heads": 24, "num_layers": 18}
DINOV2 = (
    (r"\.attention\.q_proj\.", ".attention.attention.query."),
    (r"\.attention\.k_proj\.", ".attention.attention.key."),
    (r"\.attention\.v_proj\.", ".attention.attention.value."),
    (r"\.attention\.o_proj\.", ".attention.output.dense."),
    (r"\.mlp\.down_proj\.", ".mlp.weights_out."),
)


def architecture(name: str) -> dict:
    """Return the published configuration of an encoder, as its card states it."""
    spec = find(name, "full").spec
    return {"image_size": spec.side_px, **spec.architecture}


def of(model: nn.Module) -> Listing:
    """List what a model would save."""
    return ((name, tuple(tensor.shape)) for name, tensor in model.state_dict().items())


def clip() -> Listing:
    """List both towers of CLIP, with the position ids that its file of 2022 holds."""
    vision = architecture("clip")
    yield from of(CLIPModel(CLIPConfig(vision_config=vision, text_config=CLIP_TEXT, projection_dim=768)))
    yield "vision_model.embeddings.position_ids", (1, 577)
    yield "text_model.embeddings.position_ids", (1, 77)


def siglip() -> Listing:
    """List both towers of SigLIP."""
    return of(SiglipModel(SiglipConfig(vision_config=architecture("siglip"), text_config=SIGLIP_TEXT)))


def dinov2() -> Listing:
    """List DINOv2 under its published names."""
    for name, shape in of(Dinov2Model(Dinov2Config(**architecture("dinov2")))):
        if ".mlp.up_proj." in name:
            continue
        if ".mlp.gate_proj." in name:
            yield name.replace("gate_proj", "weights_in"), (2 * shape[0], *shape[1:])
            continue
        for ours, published in DINOV2:
            name = re.sub(ours, published, name)
        yield name, shape


def convnext() -> Listing:
    """List timm's picture tower of the CLIP model, with its projection to 1024 channels."""
    listing = dict(of(timm.create_model("convnext_xxlarge", num_classes=1024)))
    del listing["head.fc.bias"]
    return iter(listing.items())


def sam() -> Listing:
    """List all of SAM."""
    vision = {k: v for k, v in architecture("sam").items() if k not in {"neck", "unshuffle"}}
    return of(SamModel(SamConfig(vision_config=vision)))


def eva02() -> Listing:
    """List the detector's backbone."""
    stem = "backbone.net."
    yield f"{stem}pos_embed", (1, 197, 1024)
    yield f"{stem}patch_embed.proj.weight", (1024, 3, 16, 16)
    yield f"{stem}patch_embed.proj.bias", (1024,)
    for rope, length in (("rope_win", 256), ("rope_glb", 4096)):
        yield f"{stem}{rope}.freqs_cos", (length, 64)
        yield f"{stem}{rope}.freqs_sin", (length, 64)
    for block in range(24):
        for norm in ("norm1", "norm2"):
            yield f"{stem}blocks.{block}.{norm}.weight", (1024,)
            yield f"{stem}blocks.{block}.{norm}.bias", (1024,)
        for projection in ("q_proj", "k_proj", "v_proj", "proj"):
            yield f"{stem}blocks.{block}.attn.{projection}.weight", (1024, 1024)
        for bias in ("q_bias", "v_bias", "proj.bias"):
            yield f"{stem}blocks.{block}.attn.{bias}", (1024,)
        for layer, shape in (("w1", (2730, 1024)), ("w2", (2730, 1024)), ("ffn_ln", (2730,)), ("w3", (1024, 2730))):
            yield f"{stem}blocks.{block}.mlp.{layer}.weight", shape
            yield f"{stem}blocks.{block}.mlp.{layer}.bias", shape[:1]


def pix2struct() -> Listing:
    """List encoder and decoder of Pix2Struct."""
    vision = {k: v for k, v in architecture("pix2struct").items() if k != "image_size"}
    config = Pix2StructConfig(vision_config=vision, text_config=PIX2STRUCT_TEXT, tie_word_embeddings=False)
    return of(Pix2StructForConditionalGeneration(config))


def main() -> None:
    """Write a file an encoder: name, a tab, the shape."""
    for listing in (clip, siglip, dinov2, convnext, sam, eva02, pix2struct):
        with torch.device("meta"):
            lines = [f"{name}\t{'x'.join(map(str, shape))}\n" for name, shape in sorted(listing())]
        (HERE / f"{listing.__name__}.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main()
