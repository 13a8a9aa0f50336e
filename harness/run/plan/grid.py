"""Reckon a whole lattice: what every subset costs, and in which order they say the most for the hours spent."""

from collections.abc import Sequence

from harness.run.plan.costs import whole
from harness.run.plan.nouns import Counted, Counts
from harness.schema.encoder import EncoderSpec
from harness.schema.frozen import Frozen
from harness.schema.recipe import TrainRecipe
from harness.schema.subset import Subset, lattice

# Paper A's Necessity and Capacity need these three kinds of runs before any other; Necessity is a difference, so its
# runs are repeated over seeds.
ORDER = ("full", "leave-one-out", "single", "pair", "rest")


class Turn(Frozen):
    """Name a subset, why it comes when it does, its operations for one training, and the seeds it is given."""

    subset: str
    why: str
    operations: float
    seeds: int


def parts_of(counts: Counts, subset: str) -> list[Counted]:
    """List the parts of a subset's model."""
    members = Subset.model_validate(subset).names
    joint = next(one for one in counts.joints if one.subset == subset)
    encoders = [one for one in counts.encoders if one.name in members]
    return [*encoders, joint.joint, counts.language[joint.visual_tokens]]


def training(counts: Counts, recipe: TrainRecipe, subset: str, recompute: bool) -> float:
    """Return the operations of one training of a subset: all stages, all steps."""
    parts = parts_of(counts, subset)
    return sum(whole(stage, parts, recompute) for stage in recipe.stages)


def turns(counts: Counts, recipe: TrainRecipe, recompute: bool, edge_seeds: int) -> list[Turn]:
    """Put every subset in its turn: the full one and those without one, with seeds; singles, pairs, the rest."""
    found = [
        Turn(
            subset=subset.slug,
            why=_why(subset, recipe.pool),
            operations=training(counts, recipe, subset.slug, recompute),
            seeds=edge_seeds if len(subset) >= len(recipe.pool) - 1 else 1,
        )
        for subset in lattice(recipe.pool)
    ]
    return sorted(found, key=lambda turn: (ORDER.index(turn.why), turn.operations))


def _why(subset: Subset, pool: Sequence[str]) -> str:
    missing = len(pool) - len(subset)
    if missing < 2:
        return ORDER[missing]
    return {1: "single", 2: "pair"}.get(len(subset), "rest")


def features(recipe: TrainRecipe, encoders: Sequence[EncoderSpec]) -> float:
    """Return the bytes of what all encoders say of every sample of the stages in which they are frozen.

    That is N D numbers an encoder and sample, in the stage's precision (harness/train/sharing.py keeps them).
    """
    numbers = sum(spec.grid**2 * spec.channels for spec in encoders)
    frozen = [stage for stage in recipe.stages if "encoders" not in stage.rates]
    sizes = {"bfloat16": 2, "float32": 4}
    return float(sum(numbers * sizes[stage.precision] * stage.steps * stage.global_batch for stage in frozen))


def shared_passes(recipe: TrainRecipe) -> tuple[int, int]:
    """Return the passes of encoders over one sample while they are frozen: for every subset apart, and shared.

    A pool of n has n 2^(n-1) memberships in its 2^n - 1 subsets; one pass of each encoder serves them all.
    """
    return len(recipe.pool) * 2 ** (len(recipe.pool) - 1), len(recipe.pool)
