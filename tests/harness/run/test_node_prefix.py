"""A task on a node starts inside the image that the machine file names, and sees the store where every node sees it."""

import shlex
from pathlib import Path

import pytest

from harness.config.compose import compose
from harness.run import node_prefix
from harness.run.cluster import python
from harness.schema.cluster import ClusterSpec

STORE = Path("/shared disk/store")


def spec(*overrides: str) -> ClusterSpec:
    """Return the cluster of the machine file with some of it changed."""
    study = compose(["machine=slurm", *(f"machine.cluster.{one}" for one in overrides)])
    assert study.machine.cluster is not None
    return study.machine.cluster


@pytest.mark.parametrize(
    ("tool", "image", "first", "mount"),
    [
        ("docker", "harness:gpu", ["docker", "run", "--rm"], f"{STORE}:{STORE}"),
        ("apptainer", "harness.sif", ["apptainer", "exec", "--nv"], f"{STORE}:{STORE}"),
        ("enroot", "harness", ["enroot", "start"], f"{STORE}:{STORE}:x-create=dir,bind"),
    ],
)
def test_python_starts_in_the_image_that_sees_the_store_at_its_own_place(tool, image, first, mount):
    said = shlex.split(python(spec(f"container={tool}", f"image={image}"), STORE))
    assert said[: len(first)] == first
    assert said[-2:] == [image, "python"]
    assert mount in said


def test_a_container_of_docker_is_closed_and_told_what_slurm_says():
    said = node_prefix.words("docker", "harness:gpu", STORE, gpus=True)
    assert {"--read-only", "--network=none", "--cap-drop=ALL", "--gpus=all", "--entrypoint="} <= set(said)
    assert all(name in said for name in ("SLURM_ARRAY_TASK_ID", "SUBMITIT_EXECUTOR", "CUDA_VISIBLE_DEVICES"))


@pytest.mark.parametrize("tool", ["docker", "apptainer", "enroot"])
def test_no_word_speaks_of_gpus_where_there_are_none(tool):
    said = node_prefix.words(tool, "harness", STORE, gpus=False)
    assert not {"--gpus=all", "--nv", "NVIDIA_VISIBLE_DEVICES=all"} & set(said)


def test_words_of_the_clusters_own_come_first():
    said = python(spec("prefix=[ours,first]", "image=harness.sif"), STORE)
    assert said.startswith("ours first apptainer exec")
    assert python(spec("prefix=[ours]"), STORE) == "ours python"
