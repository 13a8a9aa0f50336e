"""Run one stage and report each step; knows no tracker and no progress bar."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch

from harness.data.batch import Batch
from harness.model.vlm import Vlm
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Part, Stage
from harness.train.dense import CellBatch, Dense
from harness.train.divergence import Diverged, grown_away, no_number
from harness.train.engine import Engine
from harness.train.figures import Figures, listening, peak_memory_mb
from harness.train.kinds import Kinds
from harness.train.resume import Kept, Snapshot, Snapshots
from harness.train.schedule import scale
from harness.train.seed import settle
from harness.train.seen import Seen
from harness.train.spoken import Spoken
from harness.train.together import everyone, in_turns

WRAP = "model."
"""What the learners call the model that they wrap."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """Say how one step went: its `loss` in the objective's unit, the `seconds` it took.

    `kinds` gives, now and then, the mean loss of each kind of question or cell over the last steps; `figures` what else
    was measured in this step (harness/train/figures.py).
    """

    stage: str
    step: int
    steps: int
    loss: float
    seconds: float
    kinds: dict[str, float]
    figures: dict[str, float] = field(default_factory=dict)


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
    kept: Kept,
    before: dict[str, torch.Tensor],
    order: Path,
) -> Generator[StepReport, None, dict[str, torch.Tensor]]:
    """Train one stage for its objective, one report a step; parts without a rate are frozen, and run without gradients.

    `model` holds the weights that the stage begins or goes on with, `before` those of them that were trained so far.
    `serve(step)` yields this process's micro-batches
    from a step on. The loss of each step is added to `kept`, the losses by kind and the
    figures beside it, the ids of its samples to `order/<stage>.txt`. Returns `before` as it is after the stage.

    Raises:
        Diverged: a loss or a gradient is no number any more, or the loss has grown far above where it began.
    """
    for part, parameters in parts(model).items():
        for parameter in parameters:
            parameter.requires_grad_(part in stage.rates)
    encoders = dict(model.tower.encoders.items())
    probed = {name: list(one.parameters()) for name, one in encoders.items()}
    probed |= {part: parameters for part, parameters in parts(model).items() if part != "encoders"}
    probed = {name: parameters for name, parameters in probed.items() if any(one.requires_grad for one in parameters)}
    kinds, marks = (Kinds(one, stage.name, stage.steps) for one in (kept.losses, kept.marks))
    figures = Figures(kept.figures, stage.name, stage.steps)
    learner = Dense(model, stage, kinds, marks) if stage.objective == "cells" else Spoken(model, kinds, marks)
    speakers = {**encoders, "projector": learner.said}
    engine = Engine(learner, parts(model), stage, machine)
    share, accumulation = engine.share, machine.accumulation(stage.global_batch)
    curve = kept.losses.setdefault(stage.name, torch.zeros(stage.steps, dtype=torch.float64))
    first = 0
    if resumed is not None:
        engine.restore({f"{WRAP}{name}": one for name, one in resumed.weights.items()}, resumed.moments, resumed.step)
        first = resumed.step
    batches = serve(first)
    seen = Seen(order, stage.name, stage.global_batch, first) if share.rank == 0 else None

    def trained() -> dict[str, torch.Tensor]:
        return before | {name.removeprefix(WRAP): one for name, one in engine.weights().items()}

    for step in range(first, stage.steps):
        began = time.monotonic()
        # One process draws as it always did; others must not draw the same for their own samples.
        settle(seed, stage.name, step, *([share.rank] if share.rank else []))
        taken = [next(batches) for _ in range(accumulation)]
        heard = everyone([(batch.ids, batch.terms()) for batch in taken], share)
        if seen is not None:
            for ids, _ in in_turns(heard):
                seen.add(ids)
        whole = sum(terms for one in heard for _, terms in one)
        probing = figures.probes(step)
        with listening(speakers, probing) as ranks:
            losses = (_loss(engine, batch, accumulation * share.world, whole) for batch in taken)
            # A step that fails has no loss.
            curve[step] = torch.nan
            curve[step] = engine.step(losses, scale(stage, step), probed if probing else None)
        sums, right, due = zip(*everyone((kinds.sums(), marks.sums(), snapshots.due), share), strict=True)
        for one, said in ((kinds, sums), (marks, right)):
            one.pool(said)
            one.close(step)
        why = grown_away(curve[: step + 1])
        if why or no_number(engine.norm):
            raise Diverged(stage.name, step + 1, why or f"the norm of the gradients is {engine.norm}")
        seconds = time.monotonic() - began
        measured = {"samples_per_second": stage.global_batch / seconds, "gradient_norm": engine.norm, **ranks}
        measured |= {f"gradient_norm/{name}": value for name, value in engine.norms.items()}
        measured |= {f"accuracy/{kind}": value for kind, value in marks.told(step).items()}
        figures.add(step, {**measured, "memory_mb": peak_memory_mb()} if probing else measured)
        if due[0] or step + 1 == stage.steps:
            weights, moments = trained(), engine.moments()
            if seen is not None:
                seen.flush()
                snapshots.write(Snapshot(number, step + 1, weights, moments, kept.losses, kept.figures, kept.marks))
        yield StepReport(
            stage.name, step + 1, stage.steps, float(curve[step]), seconds, kinds.told(step), figures.at(step)
        )
    weights = {name: one.clone() for name, one in trained().items()}
    engine.close()
    return weights


def _loss(engine: Engine, batch: Batch | CellBatch, pieces: int, terms: int) -> torch.Tensor:
    """Return a micro-batch's loss such that the mean over the step's `pieces` is the mean over its `terms`.

    A mean of means would weigh an answer by the company that the machine file happens to put it in.
    """
    loss = engine.engine(engine.place(batch))
    return loss if pieces == 1 else loss * (batch.terms() * pieces / terms)
