"""A grid seen from outside: what is done, failed, stopped or running, and what it cost."""

import subprocess
import sys
import time

import pytest

from benchmarks.table import find
from harness.run.jobs import lay_out
from harness.run.survey import Survey, look
from harness.schema.subset import Subset
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out a grid whose children compute nothing."""
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return ground


def seen(ground: Ground, *subsets: str) -> Survey:
    place = ground.place()
    trained = [Subset.parse(subset, place.study.recipe.pool) for subset in subsets]
    return look(place.local, lay_out(place.study, trained, "none"), [find("chartqa")], 2)


def test_an_empty_store_has_everything_to_do(ground):
    (one,) = seen(ground, "clip").seen
    assert (one.training, one.entries, one.done, one.total) == ("to do", {"chartqa": ["to do"]}, 0, 1)
    assert seen(ground, "clip").left_s is None


def test_done_failed_and_waiting_jobs_are_told_apart(ground):
    ground.order("train", "sam", "fail", times=3)
    ground.order("predict", "eva02", "fail", times=3)
    ground.sweep(["clip", "sam", "eva02"], "sweep.retries=1")
    survey = seen(ground, "clip", "sam", "eva02", "convnext")
    states = {one.job.title: (one.training, one.entries["chartqa"]) for one in survey.seen}
    assert states == {
        "clip s0": ("done", ["done"]),
        "sam s0": ("failed", ["to do"]),
        "eva02 s0": ("done", ["failed"]),
        "convnext s0": ("to do", ["to do"]),
    }
    why = {one.job.title: one.why for one in survey.seen}
    assert "ordered to fail" in why["sam s0"]
    assert "ordered to fail" in why["eva02 s0"]
    assert why["clip s0"] == why["convnext s0"] == ""
    assert all(one.spent_s >= one.lost_s >= 0 for one in survey.seen)
    lost = {one.job.title: one.lost_s > 0 for one in survey.seen}
    assert lost == {"clip s0": False, "sam s0": True, "eva02 s0": True, "convnext s0": False}


def test_a_mended_failure_is_no_reason_any_more(ground):
    ground.order("train", "clip", "kill")
    ground.sweep(["clip"])
    (one,) = seen(ground, "clip").seen
    assert (one.training, one.why, one.lost_s > 0) == ("done", "", True)


def test_a_running_training_is_seen_from_another_process_until_it_dies(ground):
    ground.order("train", "clip", "wait")
    words = ("sweep", "clip", "chartqa", "--keep", "none", "sweep.slots=1")
    process = subprocess.Popen(ground.command(*words), env=ground.environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    progress = ""
    while not progress and time.monotonic() < deadline:
        (one,) = seen(ground, "clip").seen
        progress = one.progress
        time.sleep(0.1)
    assert one.training == "running"
    assert progress.startswith("train: ")
    process.kill()
    process.wait()
    (one,) = seen(ground, "clip").seen
    assert one.training == "stopped"
