"""Make one shared part of the miniature again, in a child process."""

from pathlib import Path

from harness.run.parts import LANGUAGE
from harness.run.request import Finished, PretrainRequest, Progress
from harness.run.worker import Tell, serve
from harness.train.pretrain import pretrain_encoder
from harness.train.pretrain_language import pretrain_language


def _pretrain(request: PretrainRequest, tell: Tell) -> None:
    def report(done: int, total: int, note: str) -> None:
        tell(Progress(task=f"pre-train {request.part}", done=done, total=total, note=note))

    work = Path(request.work)
    if request.part == LANGUAGE:
        made = pretrain_language(work / LANGUAGE, request.template, request.grid, request.place, report)
    else:
        made = pretrain_encoder(request.part, work, report)
    files, metrics = made
    tell(Finished(index=0, files={name: str(path) for name, path in files.items()}, metrics=metrics, curves={}))


if __name__ == "__main__":
    serve(PretrainRequest, _pretrain)
