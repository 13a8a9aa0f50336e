"""A tracker that goes away and comes back has every step once, in order, hung together as the work was."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from harness.config.compose import compose
from harness.record import checkpoints
from harness.record.mlflow_store import STEP_TAG
from harness.record.store import Store
from harness.run.mirroring import SENT, Fetched, mirror, waiting
from tests.harness.nouns import digest, record
from tests.harness.run.grids import Told

PATIENCE_S = 240


@pytest.fixture
def port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a tracking server on a SQLite database, and wait until it answers."""
    folder.mkdir(exist_ok=True)
    words = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    places = ["--backend-store-uri", f"sqlite:///{folder}/t.db", "--artifacts-destination", str(folder / "artifacts")]
    process = subprocess.Popen(
        [str(Path(sys.prefix) / "bin" / "mlflow"), *words, *places],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return process
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the tracking server does not answer")


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the server with its workers, as a crash of its machine would."""
    subprocess.run(["kill", "-9", "--", f"-{process.pid}"], check=True)
    process.wait()


def keep(store: Store, scratch: Path, name: str, **fields: object):
    """Commit a step with one output."""
    file = scratch / name
    file.write_text(f"what {name} left")
    output = {"train": "tower.safetensors", "predict": "predictions.parquet", "score": "score.json"}
    ended = datetime(2026, 11, 21, 10, len(list(store.finished())), tzinfo=UTC)
    return store.commit(record(name, started=ended, ended=ended, **fields), {output[str(fields["kind"])]: file})


@pytest.mark.slow
def test_a_server_that_was_away_has_every_step_once_and_in_order(tmp_path, port):
    address = f"http://127.0.0.1:{port}"
    study = compose([f"store.tracker={address}", "machine.instruction_set=native"])
    store, told = Store(tmp_path / "store"), Told()
    trained = keep(store, tmp_path, "training", kind="train")
    weights = {"weights": checkpoints.weights_of(trained)}
    answered = keep(store, tmp_path, "answers", kind="predict", inputs=weights)
    mirror(study, store, told)
    assert "2 records wait for MLflow" in told.said[-1]

    server = serve(tmp_path / "server", port)
    mirror(study, store, told)
    end(server)
    predictions = {"predictions": answered.outputs["predictions.parquet"].sha256}
    keep(store, tmp_path, "score", kind="score", inputs=predictions, metrics={"value": 50.0})
    mirror(study, store, told)
    assert "1 records wait for MLflow" in told.said[-1]

    server = serve(tmp_path / "server", port)
    try:
        for _ in range(2):
            mirror(study, store, told)
        (noted,) = [path for path in (store.folder / SENT).iterdir() if path.suffix != ".lock"]
        assert noted.read_text().split() == [digest(name) for name in ("training", "answers", "score")]
        assert waiting(store, noted) == ()
        client = MlflowClient(tracking_uri=address)
        (experiment,) = [one for one in client.search_experiments() if one.name == "tiny"]
        runs = {run.data.tags[STEP_TAG]: run for run in client.search_runs([experiment.experiment_id])}
        assert len(client.search_runs([experiment.experiment_id])) == len(runs) == 3
        parents = {
            name: runs[digest(name)].data.tags.get(MLFLOW_PARENT_RUN_ID) for name in ("training", "answers", "score")
        }
        assert parents == {
            "training": None,
            "answers": runs[digest("training")].info.run_id,
            "score": runs[digest("answers")].info.run_id,
        }
        assert runs[digest("answers")].data.metrics["value"] == 50.0

        lost = store.path(trained, "tower.safetensors")
        lost.unlink()
        fetched = Fetched(study, store, [(trained.step, "tower.safetensors")])
        assert fetched.restore(trained.step, "tower.safetensors", trained.outputs["tower.safetensors"], lost)
        fetched.close()
        assert store.find(trained.step) is not None
    finally:
        end(server)
