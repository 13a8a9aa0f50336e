"""Run one stage and report each step; knows no tracker and no progress bar."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from harness.data.batch import Batch
from harness.model.vlm import Vlm
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Part, Stage
from harness.train.dense import CellBatch, Dense
from harness.train.engine import Engine
from harness.train.kinds import Kinds
from harness.train.resume import Snapshot, Snapshots
from harness.train.schedule import scale
from harness.train.seed import settle
from harness.train.seen import Seen
from harness.train.spoken import Spoken


@dataclass(frozen=True, slots=True)
class StepReport:
    """Say how one step went: its `loss` in the objective's unit, the `seconds` it took.

    `kinds` gives, now and then, the mean loss of each kind of question or cell over the last steps.
    """

    stage: str
    step: int
    steps: int
    loss: float
    seconds: float
    kinds: dict[str, float]


def parts(model: Vlm) -> dict[Part, list[torch.nn.Parameter]]:
    """Name the parts that a recipe gives learning rates to."""
    return {
        "encoders": list(model.tower.encoders.parameters()),
        "projector": list(model.tower.projector.parameters()),
        "language": list(model.language.parameters()),
    }


def run_stage(
    model: Vlm,
    number: int,
    stage: Stage,
    machine: MachineSpec,
    seed: int,
    serve: Callable[[int], Iterator[Batch | CellBatch]],
    snapshots: Snapshots,
    resumed: Snapshot | None,
    losses: dict[str, torch.Tensor],
    order: Path,
) -> Iterator[StepReport]:
    """Train one stage for its objective, one report a step; parts without a rate are frozen, and run without gradients.

    `serve(step)` yields the micro-batches from a step on. The loss of each step is added to `losses[stage.name]`, the
    losses by kind beside it, the ids of its samples to `order/<stage>.txt`.
    """
    for part, parameters in parts(model).items():
        for parameter in parameters:
            parameter.requires_grad_(part in stage.rates)
    kinds = Kinds(losses, stage.name, stage.steps)
    learner = Dense(model, stage, kinds) if stage.objective == "cells" else Spoken(model, kinds)
    engine = Engine(learner, parts(model), stage, machine)
    curve = losses.setdefault(stage.name, torch.zeros(stage.steps, dtype=torch.float64))
    first = 0
    if resumed is not None:
        model.load_state_dict(resumed.weights, strict=False)
        engine.restore(resumed.moments)
        first = resumed.step
    batches, seen = serve(first), Seen(order, stage.name, stage.global_batch, first)
    accumulation = machine.accumulation(stage.global_batch)

    def loss() -> torch.Tensor:
        batch = next(batches)
        seen.add(batch.ids)
        return engine.engine(batch)

    for step in range(first, stage.steps):
        began = time.monotonic()
        settle(seed, stage.name, step)
        curve[step] = engine.step((loss() for _ in range(accumulation)), scale(stage, step))
        kinds.close(step)
        if snapshots.due or step + 1 == stage.steps:
            seen.flush()
            snapshots.write(Snapshot(number, step + 1, _weights(model), engine.moments(), losses))
        seconds = time.monotonic() - began
        yield StepReport(stage.name, step + 1, stage.steps, float(curve[step]), seconds, kinds.told(step))


def _weights(model: Vlm) -> dict[str, torch.Tensor]:
    """Name the weights, each stored tensor once: a tied output layer is the embedding's."""
    return {name: parameter.detach() for name, parameter in model.named_parameters()}
