"""Lay a sweep out as jobs: one training each, with every view of it that is asked the benchmarks."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.encoders.table import specs
from harness.errors import UsageError
from harness.schema import view
from harness.schema.recipe import Training
from harness.schema.study import Study
from harness.schema.subset import Subset
from harness.schema.view import View

EVERY_MASK, NO_MASK = view.EVERY, "none"
MASKS = (EVERY_MASK, NO_MASK)


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """Hold one training of the sweep and its views, the unmasked one first."""

    training: Training
    views: tuple[View, ...]

    @property
    def title(self) -> str:
        """Return `clip+sam s0`."""
        return f"{self.training.trained} s{self.training.seed}"


def lay_out(study: Study, trained: Sequence[Subset], masks: str) -> tuple[Job, ...]:
    """List the jobs of some subsets: the first seed of all before the second of any, large subsets first.

    Masked views are those of the full set (the protocol of paper B, arXiv 2507.03262) wherever it is among the subsets:
    `all-masks`, or `none`. Large subsets take longest, and a long job that starts last leaves the other slots idle.

    Raises:
        UsageError: `masks` is neither word.
    """
    if masks not in MASKS:
        raise UsageError(
            f"a sweep keeps {' or '.join(MASKS)} of the full set's masks; came '{masks}'. "
            "For single views: harness evaluate SUBSET BENCHMARK --keep MASK"
        )
    large_first = sorted(trained, key=len, reverse=True)
    counts = {subset: _seeds(study, subset) for subset in large_first}
    return tuple(
        _job(study, subset, turn, masks)
        for turn in range(max(counts.values(), default=0))
        for subset in large_first
        if turn < counts[subset]
    )


def _seeds(study: Study, subset: Subset) -> int:
    edge = len(subset) >= len(study.recipe.pool) - 1
    return max(study.sweep.seeds, study.sweep.edge_seeds if edge else 0)


def _job(study: Study, subset: Subset, turn: int, masks: str) -> Job:
    here = study.model_copy(update={"seed": study.seed + turn})
    training = here.training(subset, specs(subset.names, study.recipe.encoder_size))
    views = [View(subset)]
    full = len(subset) == len(study.recipe.pool)
    if full and masks == EVERY_MASK and turn < study.sweep.masked_seeds:
        views += view.select(EVERY_MASK, "zero", subset, study.recipe.pool)
    return Job(training, tuple(views))
