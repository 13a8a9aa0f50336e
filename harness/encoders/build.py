"""Turn an encoder's specification into a module, and fill it with the weights that the specification pins."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from harness.encoders.backbone import Backbone
from harness.encoders.clip import Clip
from harness.encoders.convnext import ConvNext
from harness.encoders.eva02 import Eva02
from harness.encoders.pix2struct import Pix2Struct
from harness.encoders.sam import Sam
from harness.errors import InvalidEvidence
from harness.schema.encoder import EncoderSpec, Family, Weights

FAMILIES: dict[Family, type[Backbone]] = {
    "clip": Clip,
    "convnext": ConvNext,
    "sam": Sam,
    "eva02": Eva02,
    "pix2struct": Pix2Struct,
}


def build(spec: EncoderSpec) -> Backbone:
    """Build an encoder with random weights."""
    return FAMILIES[spec.family](spec)


def read_weights(weights: Weights, root: Path) -> dict[str, torch.Tensor]:
    """Read a safetensors file after its digest is checked; tensors come as float32.

    Raises:
        InvalidEvidence: the file is absent, is not what the specification pins, or is no safetensors file.
    """
    path = root / weights.location
    remedy = "Restore it from the repository, or make it again: harness prepare --pretrain"
    if not path.is_file():
        raise InvalidEvidence(f"no weights at {path} (pinned sha256 {weights.sha256}). {remedy}")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != weights.sha256:
        raise InvalidEvidence.digest(f"weights {path}", weights.sha256, found, remedy)
    try:
        tensors = load(content)
    except SafetensorError as error:
        raise InvalidEvidence(f"weights {path} are no safetensors file: {error}. {remedy}") from error
    return {name: tensor.float() for name, tensor in tensors.items()}


def load_encoder(spec: EncoderSpec, root: Path) -> Backbone:
    """Build an encoder and load its pinned weights; every tensor's name and shape must fit.

    Raises:
        InvalidEvidence: as `read_weights`, or a tensor is missing, unexpected or of another shape.
    """
    encoder = build(spec)
    try:
        encoder.inner.load_state_dict(read_weights(spec.weights, root), strict=True)
    except RuntimeError as error:
        raise InvalidEvidence(f"weights of '{spec.name}' do not fit its architecture: {error}") from error
    return encoder
