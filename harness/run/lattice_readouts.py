"""Take the readouts of a whole lattice of subsets before any training; every picture is encoded once for all."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.encoders.table import specs
from harness.errors import UsageError
from harness.run import child
from harness.run.prepare import check_parts
from harness.run.reproduce import Workplace
from harness.run.request import READ_OUT, Finished, ProbeRequest
from harness.schema.recipe import DataSource, Stage
from harness.schema.study import Study
from harness.schema.subset import Subset


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold the readouts by subset, of which source, and how many pictures and cells were fitted to and held out."""

    values: Mapping[str, float]
    source: DataSource
    pictures: int
    held_out_pictures: int
    cells: int
    held_out_cells: int


def take(place: Workplace, pictures: int) -> Taken:
    """Take the readout of every subset of the pool, fitted on so many pictures and held out on half as many others.

    Raises:
        UsageError: the recipe has no stage of cells, or its source too few pictures.
        InvalidEvidence: weights or pictures are not the pinned ones.
        HarnessError: of the kind that the child met.
    """
    study, held = place.study, pictures // 2
    source = stage_of_cells(study).sources[0]
    check_parts(study)
    pool = study.recipe.pool
    request = ProbeRequest(
        training=study.training(Subset.parse("all", pool), specs(pool, study.recipe.encoder_size)),
        accelerator=study.machine.accelerator,
        source=source,
        data=str(place.supplies.data),
        fitted=pictures,
        held=held,
    )
    figures: Mapping[str, float] = {}
    for event in child.run("probe", request, study.machine, place.store.work("probe")):
        if isinstance(event, Finished):
            figures = event.metrics
        else:
            place.story.progress(event.task, event.done, event.total, event.note)
    values = {name.removeprefix(READ_OUT): value for name, value in figures.items() if name.startswith(READ_OUT)}
    return Taken(values, source, pictures, held, int(figures["cells"]), int(figures["held_out_cells"]))


def stage_of_cells(study: Study) -> Stage:
    """Return the first stage that aligns cells.

    Raises:
        UsageError: the recipe has none.
    """
    stage = next((stage for stage in study.recipe.stages if stage.objective == "cells"), None)
    if stage is None:
        raise UsageError(
            f"recipe '{study.recipe_name}' has no stage with the objective 'cells', so nothing says what encoders are "
            "to read out. Probe one that has (recipe=tiny), or give a stage a source of cells and objective: cells"
        )
    return stage
