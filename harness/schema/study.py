"""Hold what one command line means."""

from typing import Literal

from pydantic import Field

from harness.schema.decoding import DecodingSpec
from harness.schema.encoder import EncoderSpec
from harness.schema.entry import Entry, Operator
from harness.schema.frozen import Frozen, Seed
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Training, TrainRecipe
from harness.schema.subset import Subset
from harness.schema.sweep import SweepSpec


class StoreSpec(Frozen):
    """Say where finished work is kept: a folder, and the tracker that mirrors it.

    `tracker` is an MLflow tracking URI; empty means a SQLite database inside the folder. Steps are shown there when
    they are done; trainings also while they run, every `live_s` seconds (0: only when they are done).
    """

    folder: str
    mirror: Literal["mlflow", "none"]
    tracker: str
    live_s: float = Field(default=0, ge=0)


class Mirror(Frozen):
    """Say where benchmarks come from: `mini` draws them from the seed `revision`, `hub` loads them; else a folder.

    `manifest` is the SHA-256 of the mirror's manifest; `hub` has none, since each card pins its own revision.
    """

    location: str
    revision: str
    manifest: str = Field(pattern=r"^([0-9a-f]{64})?$")


class Study(Frozen):
    """Hold one composed and checked command line. It is composed by Hydra, judged here, and never changed after."""

    recipe_name: str
    recipe: TrainRecipe
    mirror: Mirror
    machine: MachineSpec
    decoding: DecodingSpec
    sweep: SweepSpec
    store: StoreSpec
    protocol: Literal["cambrian", "lmms_eval", "vlmevalkit"]
    seed: Seed

    def training(self, trained: Subset, encoders: tuple[EncoderSpec, ...]) -> Training:
        """Name the training of one subset of the pool, its encoders pinned as the recipe states."""
        pinned = tuple(self.recipe.pinned(spec) for spec in encoders)
        return Training(trained=trained, encoders=pinned, recipe=self.recipe, seed=self.seed)

    def entry(self, training: Training, kept: Subset, benchmark: str, mask: Operator | None = None) -> Entry:
        """Name one cell of the table; `mask` is the operator where it is not zeros."""
        return Entry(
            trained=training.trained,
            kept=kept,
            benchmark=benchmark,
            recipe=self.recipe_name,
            training=training.digest,
            seed=training.seed,
            mask=mask,
        )
