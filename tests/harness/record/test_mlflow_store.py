"""Steps show in a real MLflow with everything that belongs to them, once, without a word on the screen."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import InvalidEvidence
from harness.record.store import Store
from harness.schema.frozen import canonical
from tests.harness.nouns import FINGERPRINT, digest, record

ROOT = Path(__file__).parents[3]
STEP = digest("step")
LOSSES = [3.0, 2.5, 1.0 / 3.0]

SEND = """
import sys
from pathlib import Path
from harness.record.mlflow_store import mirror
from harness.record.store import Store
found = mirror(Store(Path(sys.argv[1])), sys.argv[2], sys.argv[3], "tiny")
assert "torch" not in sys.modules
print(found.outcome, found.run, found.why, sep="|")
"""

READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
from mlflow import MlflowClient
client = MlflowClient(tracking_uri=sys.argv[1])
runs = client.search_runs([client.get_experiment_by_name("tiny").experiment_id])
run = runs[0]
files = {}
for folder in (None, "outputs", "outputs/checkpoint"):
    for file in client.list_artifacts(run.info.run_id, folder):
        if not file.is_dir:
            place = client.download_artifacts(run.info.run_id, file.path, sys.argv[2])
            files[file.path] = open(place).read()
print(json.dumps({
    "runs": len(runs), "status": run.info.status, "name": run.info.run_name, "tags": run.data.tags,
    "params": run.data.params, "metrics": run.data.metrics, "files": files,
    "loss": [[m.step, m.value] for m in client.get_metric_history(run.info.run_id, "loss")],
}))
"""


def python(code, *words, folder, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:harness", "-c", code, *map(str, words)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    for name, text in (("weights", "the weights"), ("losses", json.dumps({"loss": LOSSES}))):
        (tmp_path / name).write_text(text)
    files = {"checkpoint/model.safetensors": tmp_path / "weights", "losses.json": tmp_path / "losses"}
    store.commit(record("step", parameters={"seed": "0", "subset": "clip+sam"}), files)
    return store


@pytest.mark.slow
def test_a_step_shows_whole_once_and_silently(store, tmp_path):
    first, second = (python(SEND, store.folder, STEP, "", folder=tmp_path) for _ in range(2))
    assert first.stderr == second.stderr == ""
    sent, again = first.stdout.split("|"), second.stdout.split("|")
    assert (sent[0], again[0], sent[1]) == ("sent", "already there", again[1])
    database = store.folder / "mlflow" / "mlflow.db"
    shown = json.loads(python(READ, f"sqlite:///{database}", tmp_path, folder=tmp_path).stdout)
    kept = store.find(STEP)
    assert (shown["runs"], shown["status"], shown["name"]) == (1, "FINISHED", "step")
    assert shown["tags"]["harness.step"] == STEP
    assert shown["params"] == {"seed": "0", "subset": "clip+sam"}
    assert shown["metrics"]["seconds"] == 60.5
    assert shown["loss"] == [[1, 3.0], [2, 2.5], [3, 1.0 / 3.0]]
    assert shown["files"] == {
        "fingerprint.json": canonical(FINGERPRINT.plain()).decode(),
        "record.json": canonical(kept.plain()).decode(),
        "outputs/losses.json": json.dumps({"loss": LOSSES}),
        "outputs/checkpoint/model.safetensors": "the weights",
    }
    assert not (tmp_path / "mlruns").exists()


@pytest.mark.slow
def test_a_tracker_that_is_down_is_reported_and_changes_nothing(store, tmp_path):
    before = sorted(path for path in store.folder.rglob("*"))
    said = python(SEND, store.folder, STEP, "", folder=tmp_path, MLFLOW_TRACKING_URI="http://127.0.0.1:9").stdout
    assert said.startswith("failed||MlflowException: ")
    assert sorted(path for path in store.folder.rglob("*")) == before


@pytest.mark.slow
def test_an_unfinished_step_is_not_shown(store, tmp_path):
    code = SEND.replace("found =", f"from harness.errors import {InvalidEvidence.__name__}\ntry: found =")
    code = code.replace('"tiny")\n', '"tiny")\nexcept InvalidEvidence: print("refused"); sys.exit()\n')
    assert python(code, store.folder, digest("other"), "", folder=tmp_path).stdout == "refused\n"
