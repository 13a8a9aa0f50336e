"""Do one training in a child process, or be one of the several processes of a training."""

import json
from collections.abc import Mapping
from pathlib import Path

from harness.config.places import ROOT
from harness.run import diverged
from harness.run.live import Lines, followed
from harness.run.request import Finished, Progress, TrainRequest
from harness.run.worker import Tell, peak_mb, serve
from harness.train.divergence import Diverged
from harness.train.figures import ByStage
from harness.train.loop import StepReport
from harness.train.train import train

FIRST = 8
FIGURES = "figures.json"


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


def named(figures: ByStage) -> Mapping[str, list[tuple[int, float]]]:
    """Name each figure so that a tracker's chart of one figure shows its stages and encoders together."""
    return {name_of(figure, stage): points for stage, told in figures.items() for figure, points in told.items()}


def name_of(figure: str, stage: str) -> str:
    """Name a figure of a stage: what is measured first, then the stage, then the encoder."""
    what, _, whose = figure.partition("/")
    return "/".join([what, stage, *([whose] if whose else [])])


if __name__ == "__main__":
    serve(TrainRequest, _train)
