"""Say what an encoder is: the specification that may change a number, and the card that people read."""

from typing import Literal

from pydantic import Field, JsonValue

from harness.schema.frozen import Frozen, Stated

Family = Literal["clip", "convnext", "sam", "eva02", "pix2struct"]


class Weights(Stated):
    """Point at one safetensors file: a path below the project or a hub id, its revision, and its content.

    `sha256` is the digest of the file's bytes, 64 hex digits.
    """

    location: str
    revision: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class EncoderSpec(Stated):
    """Specify one vision encoder as far as it may change a number.

    `architecture` holds the arguments of the family's library class. `side_px` is the input side that the canvas is
    resized to; `grid` the side of the square token grid, so that N = grid**2; `channels` is D, the channels of a token.
    `mean` and `std` normalise each colour channel of an image in [0, 1].
    """

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    family: Family
    architecture: dict[str, JsonValue]
    weights: Weights
    side_px: int = Field(gt=0)
    stride_px: int = Field(gt=0)
    grid: int = Field(gt=0)
    channels: int = Field(gt=0)
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class EncoderCard(Frozen):
    """Introduce one encoder to a reader: what it was trained for, how large it is, where it comes from.

    `parameters` counts the weights of the encoder alone, as built from `spec.architecture`.
    """

    spec: EncoderSpec
    title: str
    objective: str
    parameters: int = Field(gt=0)
    licence: str
    paper: str
