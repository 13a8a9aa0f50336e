"""Say how a model is made: everything that may change its weights, and nothing else.

Y = LLM(projector(fusion(E_1(I), ..., E_n(I))), T), trained in stages (Eagle, arXiv 2408.15998, section 3). Names,
comments and sources of the numbers stand in the YAML files; they cannot change a weight and so are in no digest.
"""

from typing import Literal

from pydantic import Field, JsonValue, model_validator

from harness.schema.encoder import EncoderSpec, Pin, Size, Weights
from harness.schema.frozen import Frozen, Seed, Stated, digest_of, remembered
from harness.schema.subset import Subset

Part = Literal["encoders", "projector", "language"]
Objective = Literal["language", "cells"]
FusionKind = Literal["channel_concat", "project_sum", "append", "interleave", "aggregate", "prune", "route"]
# The kinds whose visual tokens are the places of the grid, one by one: only they can say what a cell holds.
BY_PLACE = ("channel_concat", "project_sum", "route")
OWN_FIELDS: dict[str, tuple[str, ...]] = {"aggregate": ("queries", "layers"), "prune": ("budget",)}


class Canvas(Stated):
    """Define the one image that every encoder sees: a square of `side_px` (P), values in [0, 1].

    `fit` says how a picture gets there: `pad` centres it on a square filled with `fill`, then resizes bicubically;
    `stretch` resizes without keeping the aspect ratio.
    """

    side_px: int = Field(gt=0)
    fit: Literal["pad", "stretch"]
    fill: tuple[float, float, float]


class LanguageSpec(Stated):
    """Specify the language model: a transformers folder and the template of one turn.

    `template` holds `{question}`; the visual tokens stand before it. An answer ends with the tokenizer's end token.
    `architecture` states the fields of its configuration, `model_type` among them, so that a model can be planned that
    is not on this machine; the folder's own configuration must say the same.
    """

    folder: str
    weights: Weights
    template: str = Field(pattern=r"\{question\}")
    max_length: int = Field(gt=0)
    architecture: dict[str, JsonValue] | None = None


class Fusion(Stated):
    """Specify how the encoders' maps become visual tokens: resized to `grid` x `grid`, then joined as `kind` says.

    `channel_concat` is Eagle's, `multi_backbone_channel_concatenation_encoder.py`: bilinear with aligned corners, then
    concatenated along the channels; harness/model/arms.py has the table of the others. `normalise` puts a LayerNorm
    without affine weights on each encoder's tokens first, so that a zero-masked encoder still is a zero slice.

    `queries` is the side of the grid that an aggregator's queries form, `layers` the number of its layers; `budget` the
    visual tokens that pruning leaves of a picture, at most grid**2; `dropout` the probability that an encoder is masked
    while training, with any kind.
    """

    kind: FusionKind
    grid: int = Field(gt=0)
    normalise: bool
    queries: int | None = Field(default=None, gt=0)
    layers: int | None = Field(default=None, gt=0)
    budget: int | None = Field(default=None, gt=0)
    dropout: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _kind_has_its_fields_and_no_others(self) -> "Fusion":
        for name in ("queries", "layers", "budget"):
            if (getattr(self, name) is not None) != (name in OWN_FIELDS.get(self.kind, ())):
                owner = next(kind for kind, names in OWN_FIELDS.items() if name in names)
                raise ValueError(f"'{name}' belongs to the fusion '{owner}' and is needed there; this is '{self.kind}'")
        if self.queries is not None and self.grid % self.queries:
            raise ValueError(f"a grid of {self.grid} does not divide into {self.queries} x {self.queries} windows")
        if self.budget is not None and self.budget > self.grid**2:
            raise ValueError(f"a budget of {self.budget} is more than the {self.grid**2} tokens that one encoder has")
        return self

    def visual_tokens(self, encoders: int) -> int:
        """Return how many visual tokens the language model is shown of one picture that so many encoders saw."""
        if self.kind in ("append", "interleave"):
            return max(encoders, 1) * self.grid**2
        return self.budget or (self.queries or self.grid) ** 2


class Projector(Stated):
    """Specify the two-layer perceptron from C fused channels to H, the language model's width (`mlp2x_gelu`).

    `place` is the size of a fixed two-dimensional sine-cosine position added to each visual token; 0 adds none (Eagle,
    LLaVA). A small language model cannot tell rows and columns of a raster apart by its rotary positions alone.
    """

    kind: Literal["mlp2x_gelu"]
    hidden: int = Field(gt=0)
    place: float = Field(ge=0)


class DataSource(Stated):
    """Name one file of training data, conversations in LLaVA's format or cells, pinned by its manifest's digest.

    `weight` is the share of batches drawn from it when a stage has several sources. An empty `manifest` pins nothing
    yet: such a source is refused until the digest is stated.
    """

    name: str
    location: str
    file: str
    revision: str
    manifest: str = Field(pattern=r"^([0-9a-f]{64})?$")
    weight: float = Field(gt=0)


class Stage(Stated):
    """Specify one training stage.

    `objective` says what is learned: `language` the answers of conversations, `cells` what each cell of a picture holds
    (harness/train/dense.py; `turns` and `max_turns` then choose nothing, and the language model is not run). `rates`
    gives the peak learning rate of each trained part; a part without one is frozen. `turns` says what a turn sees:
    `independent` turns see the picture and themselves, as a benchmark question does; `sequential` turns also see the
    turns before them (LLaVA). `warmup` is a share of the steps; `clip` the global gradient norm.
    """

    name: str
    objective: Objective = "language"
    sources: tuple[DataSource, ...] = Field(min_length=1)
    rates: dict[Part, float] = Field(min_length=1)
    steps: int = Field(gt=0)
    global_batch: int = Field(gt=0)
    turns: Literal["independent", "sequential"]
    max_turns: int = Field(gt=0)
    schedule: Literal["cosine", "constant"]
    warmup: float = Field(ge=0, lt=1)
    weight_decay: float = Field(ge=0)
    clip: float = Field(gt=0)
    precision: Literal["float32", "bfloat16"]

    @model_validator(mode="after")
    def _rates_are_of_parts_that_learn(self) -> "Stage":
        if self.objective == "cells" and "language" in self.rates:
            raise ValueError(
                f"stage '{self.name}' gives the language model a rate, but the objective 'cells' does not run it: "
                "leave rates.language out"
            )
        return self


class TrainRecipe(Stated):
    """Specify how every subset is trained: one canvas, one language model, one fusion, the stages in order.

    `pool` names two to seven encoders of one size. `pins` states what their cards leave open, encoder by encoder.
    """

    encoder_size: Size
    pool: tuple[str, ...] = Field(min_length=1)
    canvas: Canvas
    language: LanguageSpec
    fusion: Fusion
    projector: Projector
    stages: tuple[Stage, ...] = Field(min_length=1)
    pins: dict[str, Pin] | None = None

    @model_validator(mode="after")
    def _pool_is_unique(self) -> "TrainRecipe":
        if len(set(self.pool)) != len(self.pool):
            raise ValueError(f"the pool names an encoder twice: {', '.join(self.pool)}")
        return self

    @model_validator(mode="after")
    def _cells_are_places_of_the_grid(self) -> "TrainRecipe":
        cells = [stage.name for stage in self.stages if stage.objective == "cells"]
        if cells and self.fusion.kind not in BY_PLACE:
            raise ValueError(
                f"stage '{cells[0]}' aligns the cells of the grid, and '{self.fusion.kind}' has no token for each: use "
                f"the objective 'language', or one of {', '.join(BY_PLACE)}"
            )
        return self

    def pinned(self, spec: EncoderSpec) -> EncoderSpec:
        """Return an encoder's specification with what the recipe states of its weights."""
        pin = (self.pins or {}).get(spec.name)
        if pin is None or spec.weights.file is None:
            return spec
        stated = {key: value for key, value in (("sha256", pin.sha256), ("revision", pin.revision)) if value}
        return spec.model_copy(update={"weights": spec.weights.model_copy(update=stated)})


class Training(Frozen):
    """Identify one training: a subset of the pool under a recipe with a seed.

    Only the encoders of the subset are part of the identity: other encoders of the pool cannot change its weights.
    """

    trained: Subset
    encoders: tuple[EncoderSpec, ...]
    recipe: TrainRecipe
    seed: Seed

    @property
    def visual_tokens(self) -> int:
        """Return how many visual tokens the language model is shown of one picture."""
        return self.recipe.fusion.visual_tokens(len(self.encoders))

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all but the pool, which lends the order, and the pins, which the encoders hold."""
        return remembered(self, self._digested)

    def _digested(self) -> str:
        plain = self.plain()
        del plain["recipe"]["pool"]
        plain["recipe"].pop("pins", None)
        return digest_of(plain)
