"""A training is watched while it runs, in an open run that the finished one replaces; the training never waits."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.config.compose import compose
from harness.record.mlflow_store import STEP_TAG, Open, mirror
from harness.record.store import Store
from harness.run.live import FILE, Lines, Live, followed
from harness.train.figures import name_of, named
from tests.harness.nouns import digest, record

PATIENCE_S = 240
NAME = "a training that runs"
STEP = digest(NAME)
CURVE = {"align": 2.5, "gradient_norm/align/clip": 0.5}


@pytest.fixture
def live(tmp_path) -> Live:
    return Live(
        store=str(tmp_path / "store"),
        tracker=f"sqlite:///{tmp_path}/tracker.db",
        experiment="tiny",
        step=STEP,
        title="train clip (seed 0)",
        every_s=0.2,
    )


def runs(live: Live):
    client = MlflowClient(tracking_uri=live.tracker)
    home = client.get_experiment_by_name(live.experiment)
    return client, [] if home is None else client.search_runs([home.experiment_id], f"tags.`{STEP_TAG}` = '{STEP}'")


def test_an_open_run_shows_points_as_they_come_and_the_finished_one_takes_its_place(live, tmp_path):
    store = Store(Path(live.store))
    shown = Open(store, STEP, live.title, live.tracker, live.experiment)
    assert shown.send([("align", 1, 2.5), ("align", 2, 2.0)])
    client, (run,) = runs(live)
    assert (run.info.status, run.info.run_name) == ("RUNNING", live.title)
    assert [(one.step, one.value) for one in client.get_metric_history(run.info.run_id, "align")] == [
        (1, 2.5),
        (2, 2.0),
    ]
    again = Open(store, STEP, live.title, live.tracker, live.experiment)
    assert again.send([("align", 1, 2.5)])
    again.close()
    _, (other,) = runs(live)
    assert (other.info.run_id != run.info.run_id, other.info.status) == (True, "KILLED")
    losses = tmp_path / "losses.json"
    losses.write_text(json.dumps({"align": [2.5, 2.0, 1.5]}))
    store.commit(record(NAME, kind="train"), {"losses.json": losses})
    assert mirror(store, STEP, live.tracker, live.experiment).outcome == "sent"
    client, (done,) = runs(live)
    assert done.info.status == "FINISHED"
    assert len(client.get_metric_history(done.info.run_id, "align")) == 3


def test_a_tracker_that_is_away_is_told_by_false_and_raises_nothing(live, tmp_path):
    (tmp_path / "file").write_text("no folder")
    away = f"sqlite:///{tmp_path}/file/tracker.db"
    shown = Open(Store(Path(live.store)), STEP, live.title, away, live.experiment)
    assert not shown.send([("align", 1, 2.5)])
    shown.close()


@pytest.mark.slow
def test_what_is_written_within_the_block_is_sent_before_it_ends(live, tmp_path):
    with followed(live, tmp_path / "work") as lines:
        for step in (1, 2, 3):
            lines.add(step, {name: value / step for name, value in CURVE.items()})
    client, (run,) = runs(live)
    for name, value in CURVE.items():
        told = [(one.step, one.value) for one in client.get_metric_history(run.info.run_id, name)]
        assert told == [(step, value / step) for step in (1, 2, 3)]


@pytest.mark.slow
def test_a_training_that_is_killed_takes_its_follower_along(live, tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path; from harness.run.live import Live, followed\n"
        "with followed(Live.from_json(sys.argv[1], 'test'), Path(sys.argv[2])) as lines:\n"
        "    lines.add(1, {'align': 2.5})\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The tables are there before two processes look for them: MLflow lets only one make them.
    assert runs(live)[1] == []
    words = [sys.executable, "-c", code, live.model_dump_json(), str(tmp_path / "work")]
    assert subprocess.run(words, check=False).returncode == -9
    assert (tmp_path / "work" / FILE).read_text().count("\n") == 1
    deadline = time.monotonic() + PATIENCE_S
    while [run.info.status for run in runs(live)[1]] != ["KILLED"] and time.monotonic() < deadline:
        time.sleep(0.5)
    _, (run,) = runs(live)
    assert (run.info.status, run.data.metrics) == ("KILLED", {"align": 2.5})


def test_nothing_is_written_where_nobody_follows(tmp_path, live, monkeypatch):
    Lines(None).add(1, CURVE)
    with followed(None, tmp_path) as lines:
        lines.add(1, CURVE)
    monkeypatch.setitem(os.environ, "RANK", "1")
    with followed(live, tmp_path) as lines:
        lines.add(1, CURVE)
    assert not list(tmp_path.iterdir())


def test_a_study_is_followed_where_it_says_how_often(miniature, tmp_path):
    study, store = compose(), Store(tmp_path)
    assert Live.of(study, store, miniature.training()) is None
    often = study.model_copy(update={"store": study.store.model_copy(update={"live_s": 30.0})})
    found = Live.of(often, store, miniature.training())
    assert found is not None
    assert (found.every_s, found.experiment) == (30.0, "tiny")
    away = often.store.model_copy(update={"mirror": "none"})
    assert Live.of(often.model_copy(update={"store": away}), store, miniature.training()) is None


def test_figures_are_named_alike_while_a_training_runs_and_when_it_is_done():
    figures = {"gradient_norm": 1.0, "gradient_norm/clip": 2.0, "samples_per_second": 3.0}
    done = named({"tune": {name: [(1, value)] for name, value in figures.items()}})
    assert {name_of(name, "tune"): [(1, value)] for name, value in figures.items()} == done
