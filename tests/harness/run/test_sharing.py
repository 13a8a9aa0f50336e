"""Processes that share a store share its work, and the tracker shows what they did."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.record.mlflow_store import STEP_TAG, tracker_uri
from harness.record.store import Store
from harness.run import steps
from tests.harness.miniature import Miniature

TRAIN = """
import json, os, sys
from pathlib import Path
from harness.config.compose import compose
from harness.record.store import Store
from harness.run.local import Local
from harness.run.mirroring import mirror
from harness.run.prepare import Supplies
from harness.record.checkpoints import weights_of
from harness.schema.recipe import Training

class Story:
    def say(self, text): print(text, file=sys.stderr, flush=True)
    def progress(self, task, done, total, note=""): pass

asked, root, folder = sys.argv[1:]
# Only the children look for weights below the project's root.
os.environ["HARNESS_ROOT"] = root
study = compose(["machine.micro_batch=4"])
store = Store(Path(folder))
supplies = Supplies(study, store.folder, Story())
supplies.__dict__["data"] = Path(root) / "data"
record = Local(study, store, supplies, Story()).train(Training.from_json(asked, "the test"))
mirror(study, store, Story())
json.dump({"step": record.step, "started": str(record.started), "attempts": record.attempts,
           "weights": weights_of(record)}, sys.stdout)
"""


def start(miniature: Miniature, store: Path) -> subprocess.Popen[str]:
    words = (miniature.training("clip").model_dump_json(), str(miniature.root), str(store))
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN, *words],
        env={name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def both(miniature, tmp_path_factory):
    """Train one subset in two processes at once, on one store."""
    store = tmp_path_factory.mktemp("shared")
    processes = [start(miniature, store) for _ in range(2)]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    return store, [json.loads(out) for out, _ in said], [err for _, err in said]


@pytest.mark.slow
def test_of_two_processes_one_trains_and_the_other_waits_and_takes_the_result(both, miniature):
    folder, told, stories = both
    assert told[0] == told[1]
    assert told[0]["attempts"] == 1
    assert sum("another process is at it; waiting" in story for story in stories) == 1
    assert [record.step for record in Store(folder).records()] == [steps.train(miniature.training("clip")).digest]


@pytest.mark.slow
def test_the_tracker_shows_the_training_once_with_its_artifacts(both, miniature):
    folder, told, _ = both
    store = Store(folder)
    client = MlflowClient(tracking_uri=tracker_uri("", store))
    (experiment,) = [one for one in client.search_experiments() if one.name == "tiny"]
    (run,) = client.search_runs([experiment.experiment_id])
    assert (run.data.tags[STEP_TAG], run.info.status) == (told[0]["step"], "FINISHED")
    assert run.data.params["trained"] == "clip"
    assert len(client.get_metric_history(run.info.run_id, "tune")) == 4
    top = {item.path for item in client.list_artifacts(run.info.run_id)}
    outputs = {item.path for item in client.list_artifacts(run.info.run_id, "outputs")}
    assert {"fingerprint.json", "record.json", "outputs"} <= top
    assert {"outputs/tower.safetensors", "outputs/training.json", "outputs/losses.json", "outputs/language"} <= outputs
