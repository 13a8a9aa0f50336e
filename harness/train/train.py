"""Tell one training from parts to checkpoint: load, assemble, train stage by stage, write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness.data.batch import Batch
from harness.data.cells import read_cells
from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.sources import read
from harness.data.speech import Speech
from harness.encoders.build import load_encoder
from harness.model.checkpoint import save
from harness.model.language import load_language, load_speech
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Stage, Training
from harness.train.dense import CellBatch, serve_cells
from harness.train.kinds import by_kind
from harness.train.loop import StepReport, run_stage
from harness.train.resume import Snapshots
from harness.train.seed import settle
from harness.train.seen import Seen


@dataclass(frozen=True, slots=True)
class Trained:
    """Hold the outcome of a training: the checkpoint's files, the loss of every step and the order file by stage.

    `kinds` has the losses by kind, `<stage>/<kind>`, a mean for every few steps.
    """

    files: dict[str, Path]
    losses: dict[str, list[float]]
    kinds: dict[str, list[float]]
    order: dict[str, Path]


def assemble(training: Training, root: Path) -> Vlm:
    """Build the untrained model: pinned encoders and language model, a projector drawn from the seed."""
    recipe = training.recipe
    encoders = [load_encoder(spec, root) for spec in training.encoders]
    language = load_language(recipe.language, root)
    settle(training.seed, "projector")
    return Vlm(Tower(encoders, recipe.fusion, recipe.projector, language.config.hidden_size), language)


def train(
    training: Training,
    machine: MachineSpec,
    root: Path,
    data: Path,
    work: Path,
    report: Callable[[StepReport], None],
) -> Trained:
    """Train one subset under its recipe; a run that was cut short goes on where its last snapshot stands.

    `data` holds the sources; `work` is scratch that outlives a crash; the checkpoint is written
    to `work/checkpoint`, the ids of the samples in the order in which they were seen to `work/order`.
    """
    recipe, order = training.recipe, work / "order"
    model = assemble(training, root)
    model.train()
    speech = load_speech(recipe.language, root)
    snapshots = Snapshots(work / "snapshots", machine.checkpoint_every_s)
    resumed = snapshots.newest()
    losses = dict(resumed.losses) if resumed else {}
    for number, stage in enumerate(recipe.stages):
        if resumed is not None and number < resumed.stage:
            Seen(order, stage.name, stage.global_batch, stage.steps)
            continue
        here = resumed if resumed is not None and number == resumed.stage else None
        feed = _feed(model, training, stage, machine, speech, data)
        for step in run_stage(model, number, stage, machine, training.seed, feed, snapshots, here, losses, order):
            report(step)
    files = save(model, training, speech, work / "checkpoint")
    curves = {stage.name: losses[stage.name].tolist() for stage in recipe.stages}
    orders = {stage.name: order / f"{stage.name}.txt" for stage in recipe.stages}
    return Trained(files, curves, by_kind(losses), orders)


def _feed(
    model: Vlm, training: Training, stage: Stage, machine: MachineSpec, speech: Speech, data: Path
) -> Callable[[int], Iterator[Batch | CellBatch]]:
    """Return what serves the batches of a stage from a step on, of the form that its objective learns from."""
    recipe, slots, seed = training.recipe, training.recipe.fusion.grid**2, training.seed
    if stage.objective == "cells":
        contents = [read(source, data, read_cells) for source in stage.sources]
        return partial(
            serve_cells, model.tower, contents, stage, recipe.canvas, speech, slots, seed, machine.micro_batch
        )
    said = [read(source, data, read_conversations) for source in stage.sources]
    length = recipe.language.max_length
    return partial(serve, said, stage, recipe.canvas, speech, slots, length, seed, machine.micro_batch, machine.workers)
