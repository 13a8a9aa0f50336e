"""Read the lists of what the published checkpoints hold, and build encoders without weights."""

import math
from pathlib import Path

import torch
from torch import Tensor

from harness.encoders.backbone import Backbone
from harness.encoders.build import build
from harness.schema.encoder import EncoderSpec

GOLDEN = Path(__file__).resolve().parents[2] / "golden"


def listed(name: str) -> dict[str, tuple[int, ...]]:
    """Read the tensor names and shapes of an encoder's published checkpoint."""
    rows = (line.split("\t") for line in (GOLDEN / f"{name}.tsv").read_text().splitlines())
    return {tensor: tuple(int(side) for side in shape.split("x") if side) for tensor, shape in rows}


def empty(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Make tensors of shapes alone."""
    return {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}


def elements(shapes: dict[str, tuple[int, ...]]) -> int:
    """Count the numbers that a checkpoint holds."""
    return sum(math.prod(shape) for shape in shapes.values())


def weightless(spec: EncoderSpec) -> Backbone:
    """Build an encoder whose tensors have shapes and no values."""
    with torch.device("meta"):
        return build(spec).eval()
