"""A sweep over a real Slurm comes to the table of a local one, whatever befalls its tasks and its nodes.

The children compute nothing (tests/harness/run/standing_in.py).
"""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.cluster import slurm
from tests.cluster.nodes import Cloud, release, said, until
from tests.harness.run.grids import Ground, contents, table
from tests.harness.run.standing_in import ORDERS, ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.skipif(bool(slurm.why_not()), reason=slurm.why_not() or "it can")]
PAIR = ("clip", "sam")


@pytest.fixture(scope="module")
def daemons(tmp_path_factory) -> Iterator[None]:
    """Start the cluster once, with limits of memory that hold, and point this process and the nodes at it."""
    with (
        slurm.started(tmp_path_factory.mktemp("slurm"), limits=True) as environment,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SLURM_CONF", environment["SLURM_CONF"])
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture
def ground(tmp_path, monkeypatch, daemons) -> Ground:
    """Lay out a grid whose children compute nothing, here and on the nodes."""
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    return ground


@pytest.fixture
def whole(ground) -> dict[str, str]:
    """Do the sweep on this machine, unbroken, and keep what it left."""
    ground.sweep(PAIR)
    return contents(ground.store)


@pytest.fixture
def cloud(ground, whole) -> Cloud:
    """Return the same questions with an empty store, to be swept over the cluster."""
    return Cloud(ground.afresh())


def equal(cloud: Cloud, whole: dict[str, str]) -> None:
    """Demand the local sweep's table, every byte of it, with nothing left for anyone to do."""
    before = cloud.ground.ledger()
    assert len(table(cloud.ground.sweep(PAIR))) == len(PAIR)
    assert cloud.ground.ledger() == before
    assert contents(cloud.ground.store) == whole


def test_a_sweep_over_slurm_leaves_what_a_local_one_leaves_byte_for_byte(cloud, whole):
    counted = cloud.submit(*PAIR)
    assert (counted.trainings, counted.following) == (2, 2)
    cloud.settle()
    equal(cloud, whole)


def test_a_sweep_that_was_cancelled_is_taken_up_where_it_was(cloud, whole):
    cloud.ground.order("train", "sam", "wait")
    cloud.submit(*PAIR)
    until(lambda: cloud.begun("train sam") and len(cloud.ground.outcomes("score")) == 2)
    subprocess.run(["scancel", "--user", "root"], check=True)
    cloud.settle()
    done = [line.step for line in cloud.ground.ledger() if line.outcome == "done"]
    again = cloud.submit(*PAIR)
    assert (again.trainings, again.following) == (1, 1)
    cloud.settle()
    equal(cloud, whole)
    assert [line.step for line in cloud.ground.ledger() if line.outcome == "done"][: len(done)] == done


def test_a_task_that_is_queued_again_goes_on_and_what_waits_for_it_still_runs(cloud, whole):
    cloud.ground.order("train", "clip", "wait")
    cloud.submit("clip")
    until(lambda: cloud.begun("train clip"))
    job = cloud.running()
    subprocess.run(["scontrol", "requeue", job], check=True)
    release(job)
    cloud.settle()
    assert [line[1] for line in cloud.ground.outcomes("train") if line[2] == "started"] == [1, 2]
    cloud.submit("sam")
    cloud.settle()
    equal(cloud, whole)


def test_a_task_whose_time_is_up_queues_itself_again(cloud, whole):
    cloud.ground.order("train", "clip", "wait")
    cloud.submit("clip")
    until(lambda: cloud.begun("train clip"))
    job = cloud.running()
    # What Slurm sends to every process of a task when its time is nearly up.
    subprocess.run(["scancel", "--signal=USR2", job], check=True)
    until(lambda: ("train clip", 1, "stopped") in cloud.ground.outcomes("train"))
    release(job)
    cloud.settle()
    assert [line[2] for line in cloud.ground.outcomes("train")] == ["started", "stopped", "started", "done"]
    cloud.submit("sam")
    cloud.settle()
    equal(cloud, whole)


def test_a_node_that_is_drained_takes_nothing_and_one_that_dies_gives_its_task_to_the_other(cloud, whole):
    subprocess.run(["scontrol", "update", "nodename=node1", "state=drain", "reason=test"], check=True)
    try:
        cloud.submit("sam")
        cloud.settle()
        assert {line.title for line in cloud.ground.ledger() if line.outcome == "done"} > {"train sam (seed 0)"}
        cloud.ground.order("train", "clip", "wait")
        cloud.submit("clip")
        until(lambda: cloud.begun("train clip"))
        job = cloud.running()
        assert said("squeue", "--noheader", "--states=R", "--format=%N") == ["node2"]
        subprocess.run(["scontrol", "update", "nodename=node1", "state=resume"], check=True)
        subprocess.run(["scontrol", "update", "nodename=node2", "state=down", "reason=test"], check=True)
        release(job)
        cloud.settle()
    finally:
        for node in ("node1", "node2"):
            subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"], capture_output=True)
    equal(cloud, whole)


def test_a_task_that_takes_too_much_memory_is_killed_and_its_work_is_done_again(cloud, whole):
    cloud.ground.order("train", "clip", "hog")
    # Slurm counts the task as failed though its second try was not, so what waits for it is submitted once more.
    for _ in range(2):
        cloud.submit(*PAIR)
        cloud.settle()
    (lost,) = [line for line in cloud.ground.ledger() if line.outcome == "failed"]
    assert "without a word" in lost.why
    equal(cloud, whole)


def test_a_failed_step_is_tried_as_often_as_the_study_says_with_nobody_of_ours_alive(cloud):
    cloud.ground.order("train", "clip", "fail", times=9)
    cloud.submit("clip")
    cloud.settle()
    assert [line[2] for line in cloud.ground.outcomes("train")] == ["started", "failed"] * 3
    assert cloud.submit("clip").trainings == 0
