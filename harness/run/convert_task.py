"""Turn one pickle of weights into safetensors, in a child process that does nothing else."""

from pathlib import Path

from harness.encoders.convert import convert
from harness.run.request import ConvertRequest, Finished
from harness.run.worker import Tell, serve


def _convert(request: ConvertRequest, tell: Tell) -> None:
    digest = convert(request.card, Path(request.source), Path(request.target))
    tell(Finished(index=0, files={digest: request.target}, metrics={}, curves={}))


if __name__ == "__main__":
    serve(ConvertRequest, _convert)
