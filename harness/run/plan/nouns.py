"""Name what is counted of a model and what follows from it; a child process counts, the command line asks."""

from typing import Literal

from pydantic import Field

from harness.schema.encoder import EncoderSpec
from harness.schema.frozen import Frozen
from harness.schema.recipe import Part, TrainRecipe

Offload = Literal["none", "optimizer", "parameters"]


class Counted(Frozen):
    """Count one part of a model for one sample, on tensors of shapes alone.

    `forward` is in floating-point operations (a multiplication and an addition are two). The bytes are what autograd
    keeps for one sample: `kept` where all activations are kept and the part learns, `passed` where it only lets
    gradients through, `inputs` where each block keeps its input alone, `block` what the largest block keeps.
    """

    name: str
    part: Part
    parameters: int = Field(ge=0)
    forward: float = Field(ge=0)
    kept: float = Field(ge=0)
    passed: float = Field(ge=0)
    inputs: float = Field(ge=0)
    block: float = Field(ge=0)


class SubsetCount(Frozen):
    """Count what differs from subset to subset: fusion and projector, and the tokens that the language model reads."""

    subset: str
    visual_tokens: int = Field(gt=0)
    joint: Counted


class Counts(Frozen):
    """Hold the counts of a recipe: encoders by name, fusion with projector by subset, the language by visual tokens."""

    encoders: tuple[Counted, ...]
    joints: tuple[SubsetCount, ...]
    language: dict[int, Counted]


class PlanRequest(Frozen):
    """Ask for the counts of a recipe: `subsets` in the order that they are wanted, `text` tokens a sample."""

    recipe: TrainRecipe
    encoders: tuple[EncoderSpec, ...]
    subsets: tuple[str, ...] = Field(min_length=1)
    text: int = Field(gt=0)
    file: str


class Layout(Frozen):
    """Lay a training out on devices; `needed` is the memory of the fullest device in bytes, its terms in `terms`."""

    devices: int
    micro_batch: int
    zero_stage: Literal[0, 1, 2, 3]
    offload: Offload
    recompute: bool
    needed: float
    terms: dict[str, float]
    fits: bool
    device_hours: float
