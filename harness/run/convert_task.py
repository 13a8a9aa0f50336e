"""Turn pickles of weights into safetensors, in a child process that does nothing else."""

from pathlib import Path

from harness.encoders.convert import convert
from harness.model.convert_language import convert_language
from harness.run.request import ConvertRequest, Finished
from harness.run.worker import Tell, serve


def _convert(request: ConvertRequest, tell: Tell) -> None:
    source, target = Path(request.source), Path(request.target)
    digest = convert(request.card, source, target) if request.card else convert_language(source, target)
    tell(Finished(index=0, files={digest: request.target}, metrics={}, curves={}))


if __name__ == "__main__":
    serve(ConvertRequest, _convert)
