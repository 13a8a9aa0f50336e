"""Turn an encoder's specification into a module, and fill it with the weights that the specification pins."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from harness.encoders.backbone import Backbone
from harness.encoders.clip import Clip
from harness.encoders.convnext import ConvNext
from harness.encoders.dinov2 import Dinov2
from harness.encoders.eva02 import Eva02
from harness.encoders.eva02_detector import Eva02Detector
from harness.encoders.naming import Naming
from harness.encoders.pinned import remedy, verified
from harness.encoders.pix2struct import Pix2Struct
from harness.encoders.sam import Sam
from harness.encoders.siglip import Siglip
from harness.errors import InvalidEvidence
from harness.schema.encoder import EncoderSpec, Family, Weights

FAMILIES: dict[Family, type[Backbone]] = {
    "clip": Clip,
    "siglip": Siglip,
    "dinov2": Dinov2,
    "convnext": ConvNext,
    "sam": Sam,
    "eva02": Eva02,
    "eva02_detector": Eva02Detector,
    "pix2struct": Pix2Struct,
}


def build(spec: EncoderSpec) -> Backbone:
    """Build an encoder with random weights."""
    return FAMILIES[spec.family](spec)


def naming_of(spec: EncoderSpec) -> Naming:
    """Return how the file of an encoder's weights names its tensors."""
    return FAMILIES[spec.family].published(spec) if spec.weights.layout == "published" else Naming()


def read_weights(
    weights: Weights, root: Path, wanted: Callable[[str], bool] = lambda name: True
) -> dict[str, torch.Tensor]:
    """Read the wanted tensors of a safetensors file after its digest is checked, as float32.

    Raises:
        InvalidEvidence, UsageError: as `verified`, or it is no safetensors file.
    """
    path = verified(weights, root)
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name).float() for name in file.keys() if wanted(name)}  # noqa: SIM118
    except SafetensorError as error:
        raise InvalidEvidence(f"weights {path} are no safetensors file: {error}. {remedy(weights)}") from error


def load_encoder(spec: EncoderSpec, root: Path) -> Backbone:
    """Build an encoder and load its pinned weights; every tensor's name and shape must fit.

    Tensors that no checkpoint holds (a new neck) keep the values that they were drawn with.

    Raises:
        InvalidEvidence, UsageError: as `read_weights`, or a tensor is missing, unexpected or of another shape.
    """
    naming = naming_of(spec)
    try:
        tensors = naming.translate(read_weights(spec.weights, root, naming.takes))
    except InvalidEvidence as error:
        raise InvalidEvidence(f"weights of '{spec.name}': {error}") from error
    encoder = build(spec)
    values = encoder.inner.state_dict()
    drawn = {name: value for name, value in values.items() if name.startswith(naming.fresh)}
    try:
        encoder.inner.load_state_dict(drawn | tensors, strict=True)
    except RuntimeError as error:
        raise InvalidEvidence(f"weights of '{spec.name}' do not fit its architecture: {error}") from error
    return encoder
