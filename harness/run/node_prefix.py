"""Write the words that start a container around one task of a sweep on a node, with Docker, Apptainer or enroot.

Unlike a single command (harness/run/container_line.py), a task must see the store under the path that every node knows,
and needs what Slurm tells it: its number, its place in the array, and the devices that it was given. Apptainer and
enroot hand the environment on and run as the caller; Docker is told both. Images are read-only and have no network: a
training meets its processes at a file. From inside, a task cannot queue itself again when its time is up: give it time
enough, or submit again, which goes on from the last snapshot.

Sources of the words: the manuals of `docker run`, `apptainer exec` (1.3) and `enroot start` (3.5). Docker's were run,
the others are held as text.
"""

import os
from pathlib import Path

from harness.run.container_line import SCRATCH, SCRATCH_OPTIONS, SHARED_MEMORY
from harness.schema.cluster import ContainerTool

TOLD = (
    "SLURM_JOB_ID",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_NTASKS",
    "SLURM_JOB_NUM_NODES",
    "SLURM_JOB_NODELIST",
    "SLURM_NODEID",
    "SLURM_PROCID",
    "SLURM_LOCALID",
    "SUBMITIT_EXECUTOR",
    "CUDA_VISIBLE_DEVICES",
)
"""What submitit and the harness read on a node."""


def words(tool: ContainerTool, image: str, store: Path, gpus: bool) -> tuple[str, ...]:
    """Return the words to put before `python`, in an image that each node holds."""
    return {"docker": _docker, "apptainer": _apptainer, "enroot": _enroot}[tool](image, store, gpus)


def _docker(image: str, store: Path, gpus: bool) -> tuple[str, ...]:
    kind = "gpu" if gpus else "cpu"
    return (
        *("docker", "run", "--rm", "--init", "--read-only", "--network=none", "--cap-drop=ALL"),
        *("--security-opt=no-new-privileges", f"--shm-size={SHARED_MEMORY[kind]}"),
        *(f"--user={os.getuid()}:{os.getgid()}", f"--tmpfs={SCRATCH}:{SCRATCH_OPTIONS[kind]}"),
        *(["--gpus=all"] if gpus else []),
        *(word for name in TOLD for word in ("-e", name)),
        *("-v", f"{store}:{store}", "--entrypoint=", image),
    )


def _apptainer(image: str, store: Path, gpus: bool) -> tuple[str, ...]:
    nv = ["--nv"] if gpus else []
    return ("apptainer", "exec", *nv, "--no-home", "--writable-tmpfs", "--bind", f"{store}:{store}", image)


def _enroot(image: str, store: Path, gpus: bool) -> tuple[str, ...]:
    """Start a container that `enroot create` made on the node; its roots are read-only by default."""
    shown = ["--env", "NVIDIA_VISIBLE_DEVICES=all"] if gpus else []
    return ("enroot", "start", *shown, "--mount", f"{store}:{store}:x-create=dir,bind", image)
