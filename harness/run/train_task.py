"""Do one training in a child process, or be one of the several processes of a training."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from harness.config.places import ROOT
from harness.report.figures.curves import curves
from harness.run import diverged
from harness.run.live import Lines, followed
from harness.run.request import Finished, Progress, TrainRequest
from harness.run.worker import Tell, peak_mb, serve
from harness.schema.recipe import Training
from harness.train.divergence import Diverged
from harness.train.figures import ByStage, name_of, named
from harness.train.kinds import WINDOW, in_windows
from harness.train.loop import StepReport
from harness.train.train import train

FIRST = 8
Curves = Mapping[str, Sequence[float]]
FIGURES, PICTURE = "figures.json", "curves.svg"


def _train(request: TrainRequest, tell: Tell) -> None:
    work = Path(request.work)
    with followed(request.live, work) as lines:
        _trained(request, tell, work, lines)


def _trained(request: TrainRequest, tell: Tell, work: Path, lines: Lines) -> None:
    def report(step: StepReport) -> None:
        figures = {name_of(figure, step.stage): value for figure, value in step.figures.items()}
        lines.add(step.step, {step.stage: step.loss, **figures})
        tell(Progress(task=f"train: {step.stage}", done=step.step, total=step.steps, note=f"loss {step.loss:.3f}"))

    shared = Path(request.features) if request.features else None
    passes: dict[str, float] = {}
    try:
        done = train(request.training, request.machine, ROOT, Path(request.data), work, report, shared)
    except Diverged as end:
        files = {diverged.DIVERGED: str(diverged.write(end.stage, end.step, end.why, work))}
        losses, kinds, figures = end.losses, end.kinds, end.figures
    else:
        files = {name: str(path) for name, path in done.files.items()}
        files |= {f"order/{stage}.txt": str(path) for stage, path in done.order.items()}
        losses, kinds, figures = done.losses, done.kinds, done.figures
        passes = {f"frozen_encoder_pictures/{name}": float(count) for name, count in done.passes.items()}
    last = {f"loss/{stage}": curve[-1] for stage, curve in losses.items() if curve}
    last |= {f"kind_loss/{name}": curve[-1] for name, curve in kinds.items() if curve}
    metrics = {**first_losses(losses), **last, "peak_memory_mb": peak_mb(), **passes}
    files[FIGURES] = str(_write(figures, work))
    files[PICTURE] = str(_draw(request.training, losses, kinds, figures, work))
    tell(Finished(index=0, files=files, metrics=metrics, curves={**losses, **kinds}))


def first_losses(curves: dict[str, list[float]]) -> dict[str, float]:
    """Name the first losses of the first stage, in full precision: before them no weight has moved."""
    stage, curve = next(iter(curves.items()))
    return {f"first_loss/{stage}/{step:02d}": loss for step, loss in enumerate(curve[:FIRST], start=1)}


def _write(figures: ByStage, work: Path) -> Path:
    """Write what was measured on the way, points (step, value) by `figure/stage` or `figure/stage/encoder`."""
    path = work / FIGURES
    path.write_text(json.dumps(named(figures)))
    return path


def _draw(training: Training, losses: Curves, kinds: Curves, figures: ByStage, work: Path) -> Path:
    """Draw the losses, a mean for each window of steps, and the figures."""
    told: ByStage = {stage: dict(figures.get(stage, {})) for stage in losses}
    for stage, curve in losses.items():
        told[stage]["loss"] = in_windows(torch.tensor(curve, dtype=torch.float64))
    for name, means in kinds.items():
        stage, _, kind = name.partition("/")
        last = len(losses[stage])
        told[stage][f"loss/{kind}"] = [(min(at * WINDOW, last), mean) for at, mean in enumerate(means, start=1)]
    path = work / PICTURE
    path.write_text(curves(f"train {training.trained}, seed {training.seed}", told))
    return path


if __name__ == "__main__":
    serve(TrainRequest, _train)
