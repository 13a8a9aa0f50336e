"""A real Slurm takes a sweep's chains, holds their order and limits, and needs nobody of ours to stay alive."""

import fcntl
import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.config.compose import compose
from harness.errors import MachineError
from harness.run import cluster
from harness.run.cluster import Chain, submit
from harness.schema.cluster import ClusterSpec
from tests.cluster import calls, slurm

pytestmark = [pytest.mark.cluster, pytest.mark.skipif(bool(slurm.why_not()), reason=slurm.why_not() or "it can")]
ROOT = Path(__file__).parents[2]
SPEC = ClusterSpec(partition="gpu", account="", minutes=10, memory_gb=1, cpus=1, gpus=True, at_once=8, prefix=())
PATIENCE_S = 600


@pytest.fixture(scope="module")
def cluster_up(tmp_path_factory):
    """Start the cluster once, and point this process and the nodes at it."""
    with slurm.started(tmp_path_factory.mktemp("slurm")) as environment, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", environment["SLURM_CONF"])
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture
def folder(tmp_path, cluster_up) -> Path:
    return tmp_path


def chain(folder: Path, name: str, answers: int, training: Callable[..., object] = calls.train) -> Chain:
    following = tuple((calls.answer, (str(folder), name, number)) for number in range(answers))
    return Chain(name, (training, (str(folder), name)), following)


def settled(folder: Path, done: int) -> list[str]:
    """Wait until nothing is queued or `done` files are there; return what was left."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and cluster._living():
        if len(left(folder)) >= done:
            break
        time.sleep(0.5)
    return left(folder)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(("trained", "answered")))


def test_answers_wait_for_their_own_training_and_only_for_it(folder):
    chains = [chain(folder, name, 3) for name in ("clip", "sam")]
    counted = submit(SPEC, 2, folder / "slurm", chains)
    assert (counted.trainings, counted.following, counted.alive) == (2, 6, ())
    assert len(settled(folder, 8)) == 8
    assert {path.read_text() for path in folder.glob("answered *")} == {"True"}
    assert all(len(path.read_text().split(",")) == 2 for path in folder.glob("trained *"))


def test_a_failed_training_cancels_its_answers_and_no_others(folder):
    (folder / "fail sam").touch()
    submit(SPEC, 1, folder / "slurm", [chain(folder, name, 2) for name in ("clip", "sam")])
    assert settled(folder, 9) == ["answered clip 0", "answered clip 1", "trained clip"]


def test_what_is_queued_is_not_submitted_again(folder):
    chains = [chain(folder, "clip", 2, calls.wait)]
    submit(SPEC, 1, folder / "slurm", chains)
    again = submit(SPEC, 1, folder / "slurm", chains)
    assert (again.trainings, again.following, again.alive, again.held) == (0, 0, ("clip",), ())
    waits = json.loads((folder / "slurm" / cluster.NOTES / "clip.json").read_text())[-1]
    subprocess.run(["scontrol", "hold", waits], check=True)
    (told,) = submit(SPEC, 1, folder / "slurm", chains).held
    assert told.startswith(waits)
    assert told.endswith(f"scontrol release {waits}")
    subprocess.run(["scontrol", "release", waits], check=True)
    (folder / "go").touch()
    assert len(settled(folder, 9)) == 3
    done = Chain("clip", None, chains[0].following)
    assert submit(SPEC, 1, folder / "slurm", [done]).following == 2
    settled(folder, 9)


def test_a_task_asks_for_what_the_machine_file_says(folder):
    figures = {"memory_gb": 2, "cpus": 3, "minutes": 7, "at_once": 1}
    study = compose(["machine=slurm", *(f"machine.cluster.{name}={value}" for name, value in figures.items())])
    spec = study.machine.cluster
    assert spec is not None
    submit(spec, 2, folder / "slurm", [chain(folder, name, 2, calls.wait) for name in ("clip", "sam")])
    training, *answers = json.loads((folder / "slurm" / cluster.NOTES / "clip.json").read_text())
    asked = {"Partition=gpu", "TimeLimit=00:07:00", "MinMemoryNode=2G", "CPUs/Task=3"}
    for job, gpus in ((training, 2), (answers[0], 1)):
        said = subprocess.run(["scontrol", "show", "job", "-o", job], capture_output=True, text=True, check=True).stdout
        assert {*asked, f"TresPerNode=gres:gpu:{gpus}", "ArrayTaskThrottle=1"} <= set(said.split())
    assert f"afterok:{training}" in said
    (folder / "go").touch()
    assert len(settled(folder, 6)) == 6


def test_a_partition_that_does_not_exist_is_refused_by_name(folder):
    spec = SPEC.model_copy(update={"partition": "nowhere"})
    with pytest.raises(MachineError, match="Slurm refuses"):
        submit(spec, 1, folder / "slurm", [chain(folder, "clip", 1)])
    assert left(folder) == []


def test_nothing_is_submitted_to_work_in_a_store_that_is_not_safe(folder, monkeypatch):
    def hold_nobody(descriptor: int, operation: int) -> None:
        """Lock as a network mount does whose locks stay on one machine."""

    before = cluster._living()
    monkeypatch.setattr(fcntl, "flock", hold_nobody)
    with pytest.raises(MachineError, match="a lock keeps a second holder out"):
        submit(SPEC, 1, folder / "slurm", [chain(folder, "clip", 1)])
    assert cluster._living().keys() <= before.keys()
    assert list(folder.iterdir()) == []
