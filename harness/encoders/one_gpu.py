"""List the same seven families at base size, for one GPU; which of them a recipe takes is its pool.

Ours: the studies have no base size. Architectures are the published configurations; each encoder reads the side that it
was trained on where that is fixed, and 512 px where it is free (ConvNeXt, the detector).
"""

from pydantic import JsonValue

from harness.encoders.colours import HALF, IMAGENET_MEAN, IMAGENET_STD, OPENAI_MEAN, OPENAI_STD
from harness.encoders.full import PROFILE, UNKNOWN_DIGEST
from harness.schema.encoder import EncoderCard, EncoderSpec, Pickled, Weights

VIT_B: dict[str, JsonValue] = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12}


def _hub(location: str, revision: str, sha256: str = "", file: str = "model.safetensors") -> Weights:
    return Weights(location=location, revision=revision, sha256=sha256, file=file, layout="published")


BASE: tuple[EncoderCard, ...] = (
    EncoderCard(
        spec=EncoderSpec(
            name="clip",
            family="clip",
            architecture={**VIT_B, "intermediate_size": 3072, "patch_size": 16, "projection_dim": 512},
            weights=_hub(
                "openai/clip-vit-base-patch16",
                "57c216476eefef5ab752ec549e440a49ae4ae5f3",
                file="pytorch_model.safetensors",
            ),
            side_px=224,
            stride_px=16,
            grid=14,
            channels=768,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="CLIP ViT-B/16, 224 px",
        objective="contrast of pictures and captions",
        parameters=85_799_424,
        licence="MIT",
        paper="arXiv 2103.00020",
        published=86_190_000,
        counted_by=PROFILE,
        pickled=Pickled(file="pytorch_model.bin", sha256=""),
        note=UNKNOWN_DIGEST,
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="siglip",
            family="siglip",
            architecture={**VIT_B, "intermediate_size": 3072, "patch_size": 16},
            weights=_hub("google/siglip-base-patch16-384", "41aec1c83b32e0a6fca20ad88ba058aa5b5ea394"),
            side_px=384,
            stride_px=16,
            grid=24,
            channels=768,
            mean=HALF,
            std=HALF,
        ),
        title="SigLIP ViT-B/16, 384 px",
        objective="contrast of pictures and captions, pair by pair",
        parameters=93_176_064,
        licence="Apache-2.0",
        paper="arXiv 2303.15343",
        published=93_180_000,
        counted_by=PROFILE,
        note=UNKNOWN_DIGEST,
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="dinov2",
            family="dinov2",
            architecture={**VIT_B, "patch_size": 14, "image_size": 518},
            weights=_hub("facebook/dinov2-base", "f9e44c814b77203eaa57a6bdbbd535f21ede1415"),
            side_px=518,
            stride_px=14,
            grid=37,
            channels=768,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        ),
        title="DINOv2 ViT-B/14, 518 px",
        objective="self-supervision: views of one picture agree",
        parameters=86_580_480,
        licence="Apache-2.0",
        paper="arXiv 2304.07193",
        published=86_580_000,
        counted_by="huggingface/pytorch-image-models, results/README: vit_base_patch14_dinov2, 86.58 M",
        note=UNKNOWN_DIGEST,
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="convnext",
            family="convnext",
            architecture={"model": "convnext_base"},
            weights=_hub("timm/convnext_base.clip_laion2b", ""),
            side_px=512,
            stride_px=32,
            grid=16,
            channels=1024,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="ConvNeXt-B of CLIP-LAION, 512 px",
        objective="contrast of pictures and captions, by convolutions",
        parameters=87_566_464,
        licence="Apache-2.0",
        paper="arXiv 2201.03545",
        published=87_570_000,
        counted_by="huggingface/pytorch-image-models, results/README: convnext_base without its classes, 87.57 M",
        note=f"No public text that we know gives a revision, and {UNKNOWN_DIGEST}.",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="sam",
            family="sam",
            architecture={
                **VIT_B,
                "mlp_dim": 3072,
                "global_attn_indexes": [2, 5, 8, 11],
                "num_pos_feats": 128,
                "output_channels": 256,
                "neck": "short",
                "unshuffle": 2,
            },
            weights=_hub("facebook/sam-vit-base", "70c1a07f894ebb5b307fd9eaaee97b9dfc16068f"),
            side_px=1024,
            stride_px=16,
            grid=32,
            channels=1024,
            mean=IMAGENET_MEAN,
            std=IMAGENET_STD,
        ),
        title="SAM ViT-B, 1024 px, new neck",
        objective="masks of whatever is pointed at",
        parameters=89_080_576,
        licence="Apache-2.0",
        paper="arXiv 2304.02643",
        note=f"Counted by the paper as 91 M, rounded up with its longer neck; {UNKNOWN_DIGEST}.",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="eva02",
            family="eva02_detector",
            architecture={
                "embed_dim": 768,
                "depth": 12,
                "num_heads": 12,
                "pretrain_px": 224,
                "window": 16,
                "every": 3,
            },
            weights=_hub(
                "Yuxin-CV/EVA-02",
                "5e2d173774b77fff142d315266fa38f668bc054e",
                file="eva02/det/eva02_B_coco_sys.safetensors",
            ),
            side_px=512,
            stride_px=16,
            grid=32,
            channels=768,
            mean=OPENAI_MEAN,
            std=OPENAI_STD,
        ),
        title="EVA-02-B, detector on COCO, 512 px",
        objective="detection of objects",
        parameters=85_848_576,
        licence="MIT",
        paper="arXiv 2303.11331",
        published=86_000_000,
        counted_by="arXiv 2303.11331, table of the models: EVA-02-B, 86 M",
        pickled=Pickled(
            file="eva02/det/eva02_B_coco_sys.pth",
            sha256="271135f196606fd964cedebe8d05bbbc11cca179daf8e86666912f79f0363f28",
        ),
        note=f"Published as a pickle only; of the converted file, {UNKNOWN_DIGEST}.",
    ),
    EncoderCard(
        spec=EncoderSpec(
            name="pix2struct",
            family="pix2struct",
            architecture={**VIT_B, "patch_embed_hidden_size": 768, "d_ff": 2048, "d_kv": 64, "seq_len": 4096},
            weights=_hub("google/pix2struct-base", "4605659ec5d82c985955ebdea8210f32fe54a682"),
            side_px=720,
            stride_px=16,
            grid=45,
            channels=768,
            mean=HALF,
            std=HALF,
        ),
        title="Pix2Struct-B image encoder, 45 x 45 patches",
        objective="reading screens into their markup",
        parameters=91_835_904,
        licence="Apache-2.0",
        paper="arXiv 2210.03347",
        note=f"The paper counts 282 M with the decoder, none for the encoder alone; {UNKNOWN_DIGEST}.",
    ),
)
