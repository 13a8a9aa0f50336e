"""Tell one training from parts to checkpoint: load, assemble, train stage by stage, write."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import isfinite
from pathlib import Path
from typing import cast

from torch import Tensor

from harness.data.batch import Batch
from harness.data.cells import read_cells
from harness.data.loader import serve
from harness.data.order import Share
from harness.data.sources import read
from harness.data.speech import Speech
from harness.data.streamed import conversations
from harness.encoders.backbone import Backbone
from harness.encoders.build import load_encoder
from harness.model.checkpoint import save
from harness.model.language import load_language, load_speech
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.schema.encoder import EncoderSpec
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Stage, Training
from harness.train.dense import CellBatch, serve_cells
from harness.train.divergence import Diverged
from harness.train.figures import ByStage, by_stage
from harness.train.kinds import by_kind
from harness.train.loop import StepReport, run_stage
from harness.train.resume import Kept, Snapshots
from harness.train.seed import settle
from harness.train.seen import Seen
from harness.train.sharing import Shared
from harness.train.together import together


@dataclass(frozen=True, slots=True)
class Trained:
    """Hold the outcome of a training: the checkpoint's files, the loss of every step and the order file by stage.

    `kinds` has the losses by kind, `<stage>/<kind>`, a mean for every few steps; `figures` what else was measured, by
    stage and name. `passes` counts the pictures that went through a frozen encoder, or were spared it, where trainings
    share features. Of several processes only the first has files and order.
    """

    files: dict[str, Path]
    losses: dict[str, list[float]]
    kinds: dict[str, list[float]]
    order: dict[str, Path]
    figures: ByStage
    passes: dict[str, int] = field(default_factory=dict)


def assemble(training: Training, root: Path) -> Vlm:
    """Build the untrained model: pinned encoders and language model; what is new is drawn from the seed.

    New are the projector, and of an encoder what no checkpoint holds (a neck). Each is drawn behind a key of its own:
    an encoder's is the same in every subset, in every stage, and however often a run is taken up.
    """
    recipe = training.recipe
    encoders = [_encoder(spec, training.seed, root) for spec in training.encoders]
    language = load_language(recipe.language, root)
    settle(training.seed, "projector")
    width, side_px = language.config.hidden_size, recipe.canvas.side_px
    return Vlm(Tower(encoders, recipe.fusion, recipe.projector, width, side_px), language)


def _encoder(spec: EncoderSpec, seed: int, root: Path) -> Backbone:
    settle(seed, "encoder", spec.name)
    return load_encoder(spec, root)


def train(
    training: Training,
    machine: MachineSpec,
    root: Path,
    data: Path,
    work: Path,
    report: Callable[[StepReport], None],
    features: Path | None = None,
) -> Trained:
    """Train one subset under its recipe; a run that was cut short goes on where its last snapshot stands.

    `data` holds the sources; `work` is scratch that outlives a crash; the checkpoint is written
    to `work/checkpoint`, the ids of the samples in the order in which they were seen to `work/order`. `features` is
    where trainings share what frozen encoders said, where the machine has a budget for it. Every process of
    a training does this, with the same folders. A stage begins with a model assembled anew and filled with what was
    trained so far, so that nothing of one stage's layout on the devices reaches the next.

    Raises:
        Diverged: the training failed in itself; the exception holds its losses.
    """
    with together(machine) as share:
        return _train(training, machine, root, data, work, report, features, share)


def _train(
    training: Training,
    machine: MachineSpec,
    root: Path,
    data: Path,
    work: Path,
    report: Callable[[StepReport], None],
    features: Path | None,
    share: Share,
) -> Trained:
    """Train as one process of those that share the work."""
    recipe, order = training.recipe, work / "order"
    speech = load_speech(recipe.language, root)
    snapshots = Snapshots(work / "snapshots", machine.checkpoint_every_s)
    resumed = snapshots.newest()
    kept = Kept.of(resumed)
    weights = dict(resumed.weights) if resumed else {}
    shared = Shared(features, machine.features_gb * 1e9, machine, share) if features and machine.features_gb else None
    for number, stage in enumerate(recipe.stages):
        if resumed is not None and (number, stage.steps) <= (resumed.stage, resumed.step):
            Seen(order, stage.name, stage.global_batch, stage.steps)
            continue
        here = resumed if resumed is not None and number == resumed.stage else None
        model = _filled(training, root, weights)
        model.train()
        if machine.recompute:
            recompute(model)
        if shared is not None and "encoders" not in stage.rates:
            shared.attach(cast(Backbone, encoder) for encoder in model.tower.encoders.values())
        feed = _feed(model, training, stage, machine, speech, data, share)
        steps = run_stage(model, number, stage, machine, training.seed, feed, snapshots, here, kept, weights, order)
        try:
            weights = _told(steps, report)
        except Diverged as end:
            _keep(end, kept, recipe.stages[:number])
            raise
    if share.rank == 0:
        files = save(_filled(training, root, weights), training, speech, work / "checkpoint")
        orders = {stage.name: order / f"{stage.name}.txt" for stage in recipe.stages}
    else:
        files, orders = {}, {}
    curves = {stage.name: kept.losses[stage.name].tolist() for stage in recipe.stages}
    passes = {} if shared is None else {"encoded": shared.encoded, "recalled": shared.recalled}
    return Trained(files, curves, by_kind(kept.losses), orders, by_stage(kept.figures), passes)


def _filled(training: Training, root: Path, weights: Mapping[str, Tensor]) -> Vlm:
    """Assemble the model and fill in what was trained so far; what was not is as its specification pins it."""
    model = assemble(training, root)
    model.load_state_dict(weights, strict=False)
    return model


def recompute(model: Vlm) -> None:
    """Run each layer forward again on the way back, rather than keep what it said; no number changes."""
    for encoder in model.tower.encoders.values():
        cast(Backbone, encoder).checkpoint_activations()
    model.language.gradient_checkpointing_enable({"use_reentrant": False})


def _told(
    steps: Generator[StepReport, None, dict[str, Tensor]], report: Callable[[StepReport], None]
) -> dict[str, Tensor]:
    """Report every step of a stage, and return what it ends with."""
    while True:
        try:
            report(next(steps))
        except StopIteration as end:
            return end.value


def _keep(end: Diverged, kept: Kept, done: Sequence[Stage]) -> None:
    """Give a divergence the losses of the stages that were done and those of its own stage before it."""
    end.losses = {stage.name: kept.losses[stage.name].tolist() for stage in done}
    end.losses[end.stage] = [loss for loss in kept.losses[end.stage][: end.step].tolist() if isfinite(loss)]
    end.kinds = by_kind({name: curve for name, curve in kept.losses.items() if "/" in name})
    end.figures = by_stage(kept.figures)


def _feed(
    model: Vlm, training: Training, stage: Stage, machine: MachineSpec, speech: Speech, data: Path, share: Share
) -> Callable[[int], Iterator[Batch | CellBatch]]:
    """Return what serves this process's batches of a stage from a step on, in the form that its objective asks for."""
    recipe, slots, seed = training.recipe, training.visual_tokens, training.seed
    if stage.objective == "cells":
        contents = [read(source, data, read_cells) for source in stage.sources]
        return partial(
            serve_cells,
            model.tower,
            contents,
            stage,
            recipe.canvas,
            speech,
            slots,
            seed,
            machine.micro_batch,
            share=share,
        )
    said = [conversations(source, data) for source in stage.sources]
    length, micro_batch = recipe.language.max_length, machine.micro_batch
    return partial(
        serve,
        said,
        stage,
        recipe.canvas,
        speech,
        slots,
        length,
        seed,
        micro_batch,
        machine.workers,
        share=share,
    )
