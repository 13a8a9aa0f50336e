"""List the encoders: one card each, with sources. A closed table; nothing registers itself.

Three sizes: `full`, those of the studies (full.py); `base`, the same families for one GPU (one_gpu.py); `tiny`, below.
The tiny encoders are built from the library classes of the full-size ones, by the same adaptors, on a 64 px canvas
with an 8 x 8 token grid. Their weights are made by `harness prepare --pretrain` (see `results/parts/README.md`), each
for its own objective, because the objective of pre-training decides an encoder's role.
"""

from harness.encoders.colours import HALF, IMAGENET_MEAN, IMAGENET_STD, OPENAI_MEAN, OPENAI_STD
from harness.encoders.full import FULL
from harness.encoders.one_gpu import BASE
from harness.errors import UnknownName
from harness.schema.encoder import EncoderCard, EncoderSpec, Size, Weights

OURS = "Apache-2.0"


def _tiny(name: str, sha256: str) -> Weights:
    return Weights(location=f"results/parts/{name}.safetensors", revision="tiny-1", sha256=sha256)


TINY: tuple[EncoderCard, ...] = (
    EncoderCard(
        spec=EncoderSpec(
            name="clip",
            family="clip",
            architecture={
                "hidden_size": 96,
                "intermediate_size": 192,
                "num_hidden_layers": 4,
                "num_attention_heads": 3,
                "patch_size": 8,
            },
            weights=_tiny("clip", "a734081eb86a3ce000575a3dd77237db301edb0002e8d828b8a00ac3ec36f7fd"),
            side_px=64,
            stride_px=8,
            grid=8,
            channels=96,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="CLIP ViT, tiny",
        objective="contrast of pictures and captions",
        parameters=324_288,
        licence=OURS,
        paper="arXiv 2103.00020",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="convnext",
            family="convnext",
            architecture={
                "model": "convnext_xxlarge",
                "depths": [1, 1, 2, 1],
                "dims": [32, 64, 96, 128],
                "output_stride": 8,
                "ls_init_value": 1.0,
            },
            weights=_tiny("convnext", "2e36648d2cd1cb7834cc651afa8d6376a9f0d62330ed7277adaa371c53c7963c"),
            side_px=64,
            stride_px=8,
            grid=8,
            channels=128,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="ConvNeXt, tiny",
        objective="classes of the objects in the picture",
        parameters=428_096,
        licence=OURS,
        paper="arXiv 2201.03545",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="sam",
            family="sam",
            architecture={
                "hidden_size": 96,
                "output_channels": 96,
                "num_hidden_layers": 4,
                "num_attention_heads": 3,
                "patch_size": 8,
                "mlp_dim": 192,
                "window_size": 4,
                "global_attn_indexes": [1, 3],
                "num_pos_feats": 48,
            },
            weights=_tiny("sam", "c2401cd5f40c4ee53bcbf02be0a8b5eaf9aab7e9e508baeaa51dfb724d5564a5"),
            side_px=64,
            stride_px=8,
            grid=8,
            channels=96,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        ),
        title="SAM image encoder, tiny",
        objective="masks and boundaries of objects",
        parameters=419_168,
        licence=OURS,
        paper="arXiv 2304.02643",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="eva02",
            family="eva02",
            architecture={
                "model": "eva02_large_patch14_448",
                "patch_size": 8,
                "embed_dim": 96,
                "depth": 4,
                "num_heads": 3,
                "mlp_ratio": 4 / 3,
                "ref_feat_shape": None,
            },
            weights=_tiny("eva02", "f773505156a1f4e845086d82e51c0ed58bdee4fd6ed8f84db39b1a1c60c4fd85"),
            side_px=64,
            stride_px=8,
            grid=8,
            channels=96,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="EVA-02, tiny",
        objective="detection: centres, classes and boxes of objects",
        parameters=325_088,
        licence=OURS,
        paper="arXiv 2303.11331",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="pix2struct",
            family="pix2struct",
            architecture={
                "hidden_size": 96,
                "patch_embed_hidden_size": 192,
                "d_ff": 192,
                "d_kv": 32,
                "num_hidden_layers": 4,
                "num_attention_heads": 3,
            },
            weights=_tiny("pix2struct", "4d3ffac0893594dc1e60f77ccd13d1004dc5fea68f43593fec77dc0efbaadfb3"),
            side_px=64,
            stride_px=8,
            grid=8,
            channels=96,
            mean=HALF,
            std=HALF,
        ),
        title="Pix2Struct image encoder, tiny",
        objective="reading: the character in each cell",
        parameters=400_320,
        licence=OURS,
        paper="arXiv 2210.03347",
    ),
)

TABLES: dict[Size, tuple[EncoderCard, ...]] = {"tiny": TINY, "base": BASE, "full": FULL}


def find(name: str, size: Size) -> EncoderCard:
    """Return the card of an encoder.

    Raises:
        UnknownName: no such encoder of that size.
    """
    for card in TABLES[size]:
        if card.spec.name == name:
            return card
    raise UnknownName("encoder", name, [card.spec.name for card in TABLES[size]])


def specs(names: tuple[str, ...], size: Size) -> tuple[EncoderSpec, ...]:
    """Return the specifications of several encoders, in the order given."""
    return tuple(find(name, size).spec for name in names)
