"""Do one training in a child process."""

from pathlib import Path

from harness.config.places import ROOT
from harness.run.request import Finished, Progress, TrainRequest
from harness.run.worker import Tell, peak_mb, serve
from harness.train.loop import StepReport
from harness.train.train import train

FIRST = 8


def _train(request: TrainRequest, tell: Tell) -> None:
    def report(step: StepReport) -> None:
        tell(Progress(task=f"train: {step.stage}", done=step.step, total=step.steps, note=f"loss {step.loss:.3f}"))

    done = train(request.training, request.machine, ROOT, Path(request.data), Path(request.work), report)
    files = {name: str(path) for name, path in done.files.items()}
    files |= {f"order/{stage}.txt": str(path) for stage, path in done.order.items()}
    last = {f"loss/{stage}": curve[-1] for stage, curve in done.losses.items()}
    kinds = {f"kind_loss/{name}": curve[-1] for name, curve in done.kinds.items()}
    metrics = {**first_losses(done.losses), **last, **kinds, "peak_memory_mb": peak_mb()}
    tell(Finished(index=0, files=files, metrics=metrics, curves={**done.losses, **done.kinds}))


def first_losses(curves: dict[str, list[float]]) -> dict[str, float]:
    """Name the first losses of the first stage, in full precision: before them no weight has moved."""
    stage, curve = next(iter(curves.items()))
    return {f"first_loss/{stage}/{step:02d}": loss for step, loss in enumerate(curve[:FIRST], start=1)}


if __name__ == "__main__":
    serve(TrainRequest, _train)
