"""A tracking server on PostgreSQL, with passwords, has every step once, also when its database was away."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from harness.config.compose import compose
from harness.record import checkpoints
from harness.record.mlflow_store import STEP_TAG
from harness.record.store import Store
from harness.run.mirroring import mirror
from tests.harness.nouns import digest
from tests.harness.run import postgresql, tracking
from tests.harness.run.grids import Told
from tests.harness.run.postgresql import Database
from tests.harness.run.test_mirroring import keep

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(postgresql.why_not()), reason=postgresql.why_not() or "it can"),
]
ADMIN, WORD = "keeper", "a word of twelve letters"
AUTHENTICATION = """[mlflow]
default_permission = NO_PERMISSIONS
database_uri = {users}
admin_username = {admin}
admin_password = {word}
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
"""


@pytest.fixture
def database() -> Iterator[Database]:
    """Start a database where its own user may enter, and remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="postgresql-"))
    home.chmod(0o755)
    database = Database(home / "database", tracking.free_port())
    yield database
    database.stop()
    shutil.rmtree(home)


def test_every_step_is_there_once_for_whoever_knows_the_password(tmp_path, database, monkeypatch):
    port = tracking.free_port()
    address = f"http://127.0.0.1:{port}"
    rules = tmp_path / "authentication.ini"
    rules.write_text(AUTHENTICATION.format(users=database.address("users"), admin=ADMIN, word=WORD))
    secrets = {"MLFLOW_AUTH_CONFIG_PATH": str(rules), "MLFLOW_FLASK_SERVER_SECRET_KEY": "of no use elsewhere"}
    study = compose([f"store.tracker={address}", "machine.instruction_set=native"])
    store, told = Store(tmp_path / "store"), Told()
    trained = keep(store, tmp_path, "training", kind="train", inputs={"data mixture": digest("mixture")})
    weights = {"weights": checkpoints.weights_of(trained)}
    machine = {"system/cpu_seconds": 12.5}
    keep(store, tmp_path, "answers", kind="predict", inputs=weights, metrics=machine)

    server = tracking.serve(tmp_path / "server", port, database.address("runs"), ["--app-name", "basic-auth"], secrets)
    try:
        monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", ADMIN)
        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "another word of letters")
        mirror(study, store, told)
        assert "2 records wait for MLflow" in told.said[-1]

        monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", WORD)
        database.stop()
        mirror(study, store, told)
        assert "2 records wait for MLflow" in told.said[-1]

        database.start()
        for _ in range(2):
            mirror(study, store, told)
        client = MlflowClient(tracking_uri=address)
        (home,) = [one.experiment_id for one in client.search_experiments() if one.name == "tiny"]
        runs = {run.data.tags[STEP_TAG]: run for run in client.search_runs([home])}
        assert len(client.search_runs([home])) == len(runs)
        assert set(runs) == set(store.finished())
        first, second = runs[digest("training")], runs[digest("answers")]
        assert second.data.tags[MLFLOW_PARENT_RUN_ID] == first.info.run_id
        assert second.data.metrics["system/cpu_seconds"] == 12.5
        assert [one.dataset.name for one in first.inputs.dataset_inputs] == ["mixture"]
        names = {one.path for one in client.list_artifacts(first.info.run_id, "outputs")}
        assert names == {"outputs/tower.safetensors"}
    finally:
        tracking.end(server)
