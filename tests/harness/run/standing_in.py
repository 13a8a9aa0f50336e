"""Stand in for the children that compute: the same requests, events and files; weights and answers made of digests.

A sweep's own laws (what is repeated, retried, given up) do not depend on what a child computes, so it need not take
minutes. `STAND_IN_ORDERS` names a folder of one-shot orders, files called `<task>.<subset>.<what>.<any>`: the next such
child takes one away and obeys: `kill` dies without a word, `kill-3` at the third moment of its life from then on, `hog`
takes more memory than a task may, `fail`, `misuse` and `damage` raise, `wait` goes on talking until it is ended.
"""

import json
import os
import signal
import stat
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchmarks.load import load
from benchmarks.table import find
from harness.errors import HarnessError, InvalidEvidence, UsageError
from harness.record import predictions, prompts
from harness.run.request import Finished, GaugeRequest, PredictRequest, PretrainRequest, Progress, TrainRequest
from harness.run.worker import Tell, serve
from harness.schema.prediction import Prediction, PredictionHeader

ORDERS = "STAND_IN_ORDERS"
HOGGED = 160
"""Pieces of 16 MiB, 2.5 GiB together."""
MOMENTS = {"train": 8, "predict": 4}
"""How many moments there are to die at: the first word, each file half and wholly written, the last word."""
ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """#!{python}
import sys
sys.path.insert(0, {root!r})
from tests.harness.run.standing_in import main
main()
"""


@dataclass
class Life:
    """Count the moments that a child has left, where it was ordered to die."""

    left: int = -1

    def go_on(self) -> None:
        """Let a moment pass, or die at it without a word."""
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


LIFE = Life()


def install(folder: Path) -> Path:
    """Write the program that takes the place of Python for children; it is called with `-m MODULE REQUEST PIPE`."""
    script = folder / "stand_in"
    script.write_text(SCRIPT.format(python=sys.executable, root=str(ROOT)))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def order(folder: Path, task: str, subset: str, what: str, times: int = 1) -> None:
    """Leave orders for the next children of that task and subset."""
    for number in range(times):
        (folder / f"{task}.{subset}.{what}.{number}").touch()


def main() -> None:
    """Serve the request that the command line names; to send to a tracker is no computing, and is done for real."""
    task = sys.argv[2].rpartition(".")[2]
    if task == "mirror_task":
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    del sys.argv[1:3]
    serve(
        *{
            "train_task": (TrainRequest, _train),
            "predict_task": (PredictRequest, _predict),
            "pretrain_task": (PretrainRequest, _pretrain),
            "gauge_task": (GaugeRequest, _gauge),
        }[task]
    )


def _train(request: TrainRequest, tell: Tell) -> None:
    training = request.training
    tell(Progress(task="train: align", done=1, total=2, note="loss 2.000"))
    _obey("train", training.trained.slug, tell)
    folder = Path(request.work) / "checkpoint"
    contents = {
        "training.json": training.model_dump_json(),
        "tower.safetensors": f"weights of {training.digest}" * 100,
        "language/model.safetensors": "words",
    }
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _write(folder / name, text.encode())
    files = {name: str(folder / name) for name in contents}
    tell(Finished(index=0, files=files, metrics={"loss/align": 1.0}, curves={"align": [2.0, 1.0]}))
    LIFE.go_on()


def _pretrain(request: PretrainRequest, tell: Tell) -> None:
    tell(Progress(task=f"pre-train {request.part}", done=1, total=2, note="loss 2.000"))
    folder = Path(request.work)
    (folder / "curves").mkdir(parents=True)
    contents = {
        f"{request.part}.safetensors": f"weights of {request.part}",
        f"curves/{request.part}.json": json.dumps({f"loss/{request.part}": [[1, 2.0], [2, 1.0]]}),
        f"curves/{request.part}.svg": "<svg/>",
    }
    for name, text in contents.items():
        (folder / name).write_text(text)
    files = {name: str(folder / name) for name in contents}
    tell(Finished(index=0, files=files, metrics={"skill": 0.5, "seconds": 1.0}, curves={}))


def _gauge(request: GaugeRequest, tell: Tell) -> None:
    for index in range(len(request.encoders) + 1):
        tell(Finished(index=index, files={}, metrics={"skill": 0.5}, curves={}))


def _predict(request: PredictRequest, tell: Tell) -> None:
    for index, ask in enumerate(request.asks):
        _obey("predict", ask.entry.trained.slug, tell)
        benchmark = find(ask.entry.benchmark)
        samples = load(benchmark, Path(request.mirror)).samples
        rows = [_answer(sample.id, sample.answers[0], f"{request.weights} {ask.entry.slug}") for sample in samples]
        header = PredictionHeader(
            entry=ask.entry,
            protocol=ask.protocol,
            decoding=request.decoding,
            samples=load(benchmark, Path(request.mirror)).digest,
            prompts=prompts.digest(samples, benchmark.protocol(ask.protocol)),
            weights=request.weights,
            engine="stand-in 1",
            count=len(rows),
        )
        predictions.write(Path(ask.file), header, rows)
        _write(Path(ask.file), Path(ask.file).read_bytes())
        tell(Finished(index=index, files={"predictions.parquet": ask.file}, metrics={"answering_s": 0.0}, curves={}))
        LIFE.go_on()


def _answer(sample: str, gold: str, salt: str) -> Prediction:
    """Answer right or wrong, with leads of its own, by the digest of the model and the question."""
    drawn = sha256(f"{salt} {sample}".encode()).digest()[0]
    text = gold if drawn % 2 else "wrong"
    tokens = (*text.encode(), 2)
    return Prediction(sample, text, tokens, (0.5 + drawn / 256,) * len(tokens), "stop")


def _write(path: Path, data: bytes) -> None:
    """Write a file in two pieces, and live on after each."""
    with path.open("wb", buffering=0) as file:
        for piece in (data[: len(data) // 2], data[len(data) // 2 :]):
            file.write(piece)
            LIFE.go_on()


def _obey(task: str, subset: str, tell: Tell) -> None:
    if ORDERS not in os.environ:
        return
    for path in sorted(Path(os.environ[ORDERS]).glob(f"{task}.{subset}.*")):
        path.unlink()
        what, _, moment = path.name.split(".")[2].partition("-")
        if what == "kill":
            LIFE.left = int(moment or 0)
            LIFE.go_on()
            return
        if what == "hog":
            taken = [b"x" * 2**24 for _ in range(HOGGED)]
            raise HarnessError(f"{len(taken)} pieces of memory were to be had")
        while what == "wait":
            tell(Progress(task="train: waiting", done=0, total=1))
            time.sleep(0.05)
        raise {"fail": HarnessError, "misuse": UsageError, "damage": InvalidEvidence}[what](f"ordered to {what}")
