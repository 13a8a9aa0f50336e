"""Where there is no Slurm, or one that does not answer, a sweep over it is refused and nothing is left behind."""

import shutil
from pathlib import Path

import pytest

from harness.errors import MachineError
from harness.run.chains import train
from harness.run.cluster import Chain, submit
from harness.schema.cluster import ClusterSpec

SPEC = ClusterSpec(partition="gpu", account="", minutes=10, memory_gb=1, cpus=1, gpus=True, at_once=4, prefix=())
CHAIN = Chain("clip", (train, ((), "clip", 0)), ())


def refused(folder: Path, words: str) -> None:
    """Demand that submitting is refused in these words and writes no note of a job."""
    with pytest.raises(MachineError, match=words):
        submit(SPEC, 1, folder / "cluster", [CHAIN])
    assert list(folder.rglob("*.json")) == []


def test_a_machine_without_slurm_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(tmp_path, r"no sbatch and no squeue here.*machine=cpu")


@pytest.mark.skipif(shutil.which("squeue") is None, reason="no squeue: apt-get install slurm-client")
def test_a_slurm_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm.conf"))
    refused(tmp_path, "squeue does not answer")
