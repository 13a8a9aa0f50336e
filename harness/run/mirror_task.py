"""Send finished steps to the tracker or fetch them back, in a child process: the tracker's client loads for seconds."""

from pathlib import Path

from harness.errors import HarnessError
from harness.record.mlflow_store import fetch, mirror
from harness.record.store import Store
from harness.run.request import Finished, MirrorRequest, Progress
from harness.run.worker import Tell, serve


def _mirror(request: MirrorRequest, tell: Tell) -> None:
    store = Store(Path(request.store))
    for index, step in enumerate(request.steps):
        sent = mirror(store, step, request.tracker, request.experiment)
        if sent.outcome == "failed":
            raise HarnessError(f"the tracker {sent.tracker} refuses step {step[:12]}: {sent.why}")
        tell(Finished(index=index, files={step: sent.run}, metrics={}, curves={}))
        tell(Progress(task="mirror to MLflow", done=index + 1, total=len(request.steps)))
    for index, (step, name) in enumerate(request.fetch):
        folder = Path(request.folder) / str(index)
        folder.mkdir(parents=True)
        path = fetch(store, request.tracker, step, name, folder)
        tell(Finished(index=index, files={name: str(path)} if path else {}, metrics={}, curves={}))


if __name__ == "__main__":
    serve(MirrorRequest, _mirror)
