"""Count a recipe's model on the meta device, in a child process."""

from pathlib import Path

from harness.run.plan.count import count
from harness.run.plan.nouns import PlanRequest
from harness.run.request import Finished
from harness.run.worker import Tell, serve


def _plan(request: PlanRequest, tell: Tell) -> None:
    Path(request.file).write_text(count(request).model_dump_json())
    tell(Finished(index=0, files={"counts": request.file}, metrics={}, curves={}))


if __name__ == "__main__":
    serve(PlanRequest, _plan)
