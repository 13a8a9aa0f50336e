"""Take the effective ranks of a whole lattice of stored trainings, over the same pictures for all of them.

Nothing is trained for it: a training that the store does not have is named, and so is a rank that does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analyse.effective_rank import VARIANTS
from harness.analyse.rank_record import Measured, rows_of
from harness.encoders.table import specs
from harness.errors import UsageError
from harness.record import checkpoints
from harness.run import child, steps
from harness.run.diverged import DivergedTraining, demand_trained
from harness.run.jobs import Job
from harness.run.reproduce import Workplace
from harness.run.request import Finished, RankRequest
from harness.schema.encoder import EncoderSpec
from harness.schema.recipe import Training
from harness.schema.run import RunRecord
from harness.schema.subset import NOTHING, Subset

CHOICES = 2 * len(VARIANTS)


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold the ranks, of how many trainings they are, and in sentences what could not be had."""

    rows: tuple[Measured, ...]
    trainings: int
    problems: tuple[str, ...]


def take(place: Workplace, jobs: Sequence[Job], benchmarks: Sequence[str], pictures: int) -> Taken:
    """Take the ranks of every encoder of the pool before training, and after each training of the jobs that is done.

    Raises:
        UsageError: none of the trainings is done.
        HarnessError: of the kind that the child met.
    """
    done, problems = _done(place, jobs)
    if not done:
        raise UsageError(f"none of the {len(jobs)} trainings is in {place.store.folder}. First: harness sweep")
    before = encoders_of(place)
    request = RankRequest(
        accelerator=place.study.machine.accelerator,
        encoders=before,
        seed=place.study.seed,
        checkpoints=tuple(str(place.local.checkpoint(record).folder) for _, record in done),
        canvas=place.study.recipe.canvas,
        mirror=str(place.supplies.mirror or ""),
        benchmarks=tuple(benchmarks),
        pictures=pictures,
    )
    rows: list[Measured] = []
    for event in child.run("rank", request, place.study.machine, place.store.work("rank")):
        if not isinstance(event, Finished):
            place.story.progress(event.task, event.done, event.total, event.note)
        elif event.index:
            rows += _after(*done[event.index - 1], event.metrics, problems)
        else:
            weights = {spec.name: spec.weights.sha256 for spec in before}
            for name, sha256 in weights.items():
                own = rows_of(event.metrics, name, NOTHING, place.study.seed, "", sha256)
                rows += _whole(own, f"{name} before training", problems)
    return Taken(tuple(rows), len(done), tuple(problems))


def encoders_of(place: Workplace) -> tuple[EncoderSpec, ...]:
    """Return the whole pool as a training of all of it begins, with the weights that are pinned."""
    recipe = place.study.recipe
    return place.study.training(Subset.parse("all", recipe.pool), specs(recipe.pool, recipe.encoder_size)).encoders


def _done(place: Workplace, jobs: Sequence[Job]) -> tuple[list[tuple[Training, RunRecord]], list[str]]:
    """Find the trainings that left a checkpoint, and name the others."""
    found, absent, problems = [], [], []
    for job in jobs:
        record = place.store.find(steps.train(job.training).digest)
        if record is None:
            absent.append(job.title)
            continue
        try:
            found.append((job.training, demand_trained(record, place.store)))
        except DivergedTraining as error:
            problems.append(str(error))
    if absent:
        problems.append(f"{len(absent)} of {len(jobs)} trainings are not in the store: {', '.join(absent)}")
    return found, problems


def _after(training: Training, record: RunRecord, figures: Mapping[str, float], problems: list[str]) -> list[Measured]:
    weights, rows = checkpoints.weights_of(record), []
    for name in training.trained.names:
        own = rows_of(figures, name, training.trained.slug, training.seed, training.digest, weights)
        rows += _whole(own, f"{name} trained in {training.trained}, seed {training.seed}", problems)
    return rows


def _whole(rows: list[Measured], what: str, problems: list[str]) -> list[Measured]:
    if len(rows) < CHOICES:
        problems.append(f"{what}: only {len(rows)} of {CHOICES} ranks exist, since all of its tokens are equal")
    return rows
