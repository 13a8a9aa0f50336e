"""Make one shared part of the miniature again, in a child process."""

import json
from pathlib import Path

from harness.report.figures.curves import curves
from harness.run.parts import CURVES, LANGUAGE
from harness.run.request import Finished, PretrainRequest, Progress
from harness.run.worker import Tell, serve
from harness.train.figures import named
from harness.train.pretrain import Made, pretrain_encoder
from harness.train.pretrain_language import pretrain_language


def _pretrain(request: PretrainRequest, tell: Tell) -> None:
    def report(done: int, total: int, note: str) -> None:
        tell(Progress(task=f"pre-train {request.part}", done=done, total=total, note=note))

    work = Path(request.work)
    if request.part == LANGUAGE:
        made = pretrain_language(work / LANGUAGE, request.template, request.grid, request.place, report)
    else:
        made = pretrain_encoder(request.part, work, report)
    files = {name: str(path) for name, path in [*made.files.items(), *_shown(request.part, made, work).items()]}
    tell(Finished(index=0, files=files, metrics=made.measured, curves={}))


def _shown(part: str, made: Made, work: Path) -> dict[str, Path]:
    """Write the course of a part down and draw it."""
    folder = work / CURVES
    folder.mkdir(parents=True, exist_ok=True)
    figures, picture = folder / f"{part}.json", folder / f"{part}.svg"
    # The picture is drawn from what is written, so that it can be drawn again from that.
    course = {
        stage: {name: [(step, float(f"{value:.5g}")) for step, value in told[name]] for name in sorted(told)}
        for stage, told in made.course.items()
    }
    figures.write_text(json.dumps(named(course), separators=(",", ":")) + "\n")
    picture.write_text(curves(f"pre-train {part}", course))
    return {f"{CURVES}/{path.name}": path for path in (figures, picture)}


if __name__ == "__main__":
    serve(PretrainRequest, _pretrain)
