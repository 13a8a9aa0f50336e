"""A tracker that goes away and comes back has every step once, in order, hung together as the work was."""

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
from tests.harness.run import tracking
from tests.harness.run.grids import Told


@pytest.fixture
def port() -> int:
    return tracking.free_port()


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

    server = tracking.serve(tmp_path / "server", port)
    mirror(study, store, told)
    tracking.end(server)
    predictions = {"predictions": answered.outputs["predictions.parquet"].sha256}
    keep(store, tmp_path, "score", kind="score", inputs=predictions, metrics={"value": 50.0})
    mirror(study, store, told)
    assert "1 records wait for MLflow" in told.said[-1]

    server = tracking.serve(tmp_path / "server", port)
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
        tracking.end(server)
