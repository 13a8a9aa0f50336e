"""Say what an encoder is: the specification that may change a number, and the card that people read."""

from typing import Literal

from pydantic import Field, JsonValue

from harness.schema.frozen import Frozen, Stated

Family = Literal["clip", "siglip", "dinov2", "convnext", "sam", "eva02", "eva02_detector", "pix2struct"]
Size = Literal["tiny", "base", "full"]


class Weights(Stated):
    """Point at one safetensors file: a path below the project or a hub id, its revision, and its content.

    `sha256` is the digest of the file's bytes, 64 hex digits; empty where no public text gives it: such weights are
    refused until the user states the digest. With `file`, `location` is a repository of the hub that holds this file.
    With `layout`, the file names its tensors as they were published, not as the module does.
    """

    location: str
    revision: str
    sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")
    file: str | None = None
    layout: Literal["published"] | None = None


class Pin(Stated):
    """State what a card cannot: the digest of an encoder's weights and, where it is not known, their revision."""

    sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")
    revision: str | None = Field(default=None, pattern=r"^([0-9a-f]{40})?$")


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


class Pickled(Frozen):
    """Name the pickle that weights were published as; `harness convert` makes the safetensors file from it.

    `sha256` is the pickle's own digest; empty where no public text gives it.
    """

    file: str
    sha256: str = Field(pattern=r"^([0-9a-f]{64})?$")


class EncoderCard(Frozen):
    """Introduce one encoder to a reader: what it was trained for, how large it is, where it comes from.

    `parameters` counts the weights of the encoder alone, as built from `spec.architecture`; `published` is the count
    that `counted_by` prints, where there is one for the encoder alone. `listed_by` says who named the tensors of the
    published checkpoint, which tests hold the module to. `note` says what else a user must know.
    """

    spec: EncoderSpec
    title: str
    objective: str
    parameters: int = Field(gt=0)
    licence: str
    paper: str
    published: int | None = None
    counted_by: str = ""
    listed_by: str = ""
    pickled: Pickled | None = None
    note: str = ""
