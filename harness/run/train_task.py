"""Do one training in a child process, or be one of the several processes of a training."""

import json
from collections.abc import Mapping
from pathlib import Path

from harness.config.places import ROOT
from harness.run import diverged
from harness.run.request import Finished, Progress, TrainRequest
from harness.run.worker import Tell, peak_mb, serve
from harness.train.divergence import Diverged
from harness.train.figures import ByStage
from harness.train.loop import StepReport
from harness.train.train import train

FIRST = 8
FIGURES = "figures.json"


def _train(request: TrainRequest, tell: Tell) -> None:
    def report(step: StepReport) -> None:
        tell(Progress(task=f"train: {step.stage}", done=step.step, total=step.steps, note=f"loss {step.loss:.3f}"))

    work = Path(request.work)
    try:
        done = train(request.training, request.machine, ROOT, Path(request.data), work, report)
    except Diverged as end:
        files = {diverged.DIVERGED: str(diverged.write(end.stage, end.step, end.why, work))}
        losses, kinds, figures = end.losses, end.kinds, end.figures
    else:
        files = {name: str(path) for name, path in done.files.items()}
        files |= {f"order/{stage}.txt": str(path) for stage, path in done.order.items()}
        losses, kinds, figures = done.losses, done.kinds, done.figures
    last = {f"loss/{stage}": curve[-1] for stage, curve in losses.items() if curve}
    last |= {f"kind_loss/{name}": curve[-1] for name, curve in kinds.items() if curve}
    metrics = {**first_losses(losses), **last, "peak_memory_mb": peak_mb()}
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
    return {
        "/".join([figure.partition("/")[0], stage, *figure.split("/")[1:]]): points
        for stage, told in figures.items()
        for figure, points in told.items()
    }


if __name__ == "__main__":
    serve(TrainRequest, _train)
