"""Open the one door to submitit: trainings as one array, answers as arrays that each wait for their training.

Slurm holds order and limits, so no process of ours stays alive: the trainings are one array of which `at_once` run at a
time; the answers of a training are an array that starts when its own task of the first one ended well (`afterok`), and
is cancelled where it did not (`kill-on-invalid-dep`). Submitting again submits what is missing: what is done is left
out by whoever lists the chains, what is still queued or running by its job's number, which each chain notes. A task
whose time is up, or that gives way to another, is queued again by its own number, so what waits for it goes on waiting;
what it was at goes on from its last snapshot.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError, MachineError
from harness.record import durable, ground
from harness.run import node_prefix
from harness.schema.cluster import ClusterSpec

NOTES = "chains"
TIMES_UP = 100
"""How often a task may be queued again because its time is up; a training of weeks takes as many days."""
Call = tuple[Callable[..., object], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Chain:
    """Hold one training and the calls that follow it; `training` is None where it is done already."""

    name: str
    training: Call | None
    following: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """Count what was handed to Slurm, and name the chains left out because they are queued or running.

    `held` names the jobs among them that Slurm does not start before somebody lets it, each with Slurm's reason.
    """

    trainings: int
    following: int
    alive: tuple[str, ...]
    held: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resumable:
    """Call a function that goes on where it was when it is called again, and say so to submitit."""

    function: Callable[..., object]

    def __call__(self, *arguments: Any) -> object:
        """Call it."""
        return self.function(*arguments)

    def checkpoint(self, *arguments: Any) -> Any:
        """Return the call to make when the task runs again: the same."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, *arguments)


def submit(spec: ClusterSpec, gpus: int, folder: Path, chains: Sequence[Chain]) -> Submitted:
    """Hand chains to Slurm; `gpus` are those of one training, `folder` lies in the store, which every node sees.

    Raises:
        MachineError: there is no Slurm here, or it refuses, such as a partition that does not exist; or the store
            cannot be written, or lies where it is not safe.
    """
    import submitit
    from submitit.core.utils import FailedJobError

    _demand_slurm()
    living = _living()
    ground.demand_fit(folder.parent)
    notes = durable.make_folder(folder / NOTES)
    known = {chain.name: _noted(notes, chain) & living.keys() for chain in chains}
    alive = tuple(name for name, jobs in known.items() if jobs)
    stopped = sorted(job for jobs in known.values() for job in jobs if "held" in living[job].lower())
    held = tuple(f"{job} ({living[job]}): scontrol release {job}" for job in stopped)
    fresh = [chain for chain in chains if chain.name not in alive]
    executor = submitit.SlurmExecutor(
        folder=folder / "%j", max_num_timeout=TIMES_UP, python=python(spec, folder.parent)
    )
    trained = [chain for chain in fresh if chain.training is not None]
    try:
        executor.update_parameters(**_requests(spec, gpus))
        numbers = dict(zip([chain.name for chain in trained], _array(executor, trained), strict=True))
        for chain in fresh:
            after = numbers.get(chain.name)
            executor.update_parameters(**_requests(spec, 1, after))
            ids = [job.job_id for job in _mapped(executor, chain.following)]
            _note(notes, chain, [after, *ids] if after else ids)
    except FailedJobError as error:
        raise MachineError(f"Slurm refuses: {error}. What was submitted before it stays; see squeue --me") from error
    return Submitted(len(trained), sum(len(chain.following) for chain in fresh), alive, held)


def python(spec: ClusterSpec, store: Path) -> str:
    """Return the words that start Python on a node: in the container that sees the store, or as here."""
    if spec.image:
        inside = node_prefix.words(spec.container, spec.image, store, spec.gpus)
        return shlex.join([*spec.prefix, *inside, "python"])
    return shlex.join([*spec.prefix, "python"]) if spec.prefix else shlex.quote(sys.executable)


def _requests(spec: ClusterSpec, gpus: int, after: str | None = None) -> dict[str, Any]:
    more: dict[str, Any] = {"account": spec.account} if spec.account else {}
    if after is not None:
        more |= {"dependency": f"afterok:{after}", "kill-on-invalid-dep": "yes"}
    return {
        "partition": spec.partition,
        "time": spec.minutes,
        "mem": f"{spec.memory_gb}G",
        "cpus_per_task": spec.cpus,
        "gres": f"gpu:{gpus}" if spec.gpus else None,
        "array_parallelism": spec.at_once,
        "additional_parameters": more,
    }


def _array(executor: Any, chains: Sequence[Chain]) -> list[str]:
    return [job.job_id for job in _mapped(executor, [chain.training for chain in chains if chain.training])]


def _mapped(executor: Any, calls: Sequence[Call]) -> list[Any]:
    """Submit calls as one array."""
    if not calls:
        return []
    with executor.batch():
        return [executor.submit(Resumable(function), *arguments) for function, arguments in calls]


def _demand_slurm() -> None:
    missing = [name for name in ("sbatch", "squeue") if shutil.which(name) is None]
    if missing:
        raise MachineError(
            f"no {' and no '.join(missing)} here: this machine cannot submit to Slurm. Log in where it can, or sweep "
            "on this machine alone: machine=cpu"
        )


def _living() -> dict[str, str]:
    """Return the numbers of the jobs that are queued or running, each array task by its own, and why they wait."""
    command = ["squeue", "--noheader", "--array", "--user", str(os.getuid()), "--format", "%i %r"]
    said = subprocess.run(command, capture_output=True, text=True)
    if said.returncode:
        raise MachineError(f"squeue does not answer: {said.stderr.strip()}. Is slurmctld up? Nothing was submitted")
    return {number: why for number, _, why in (line.strip().partition(" ") for line in said.stdout.splitlines())}


def _noted(notes: Path, chain: Chain) -> set[str]:
    path = notes / f"{chain.name}.json"
    if not path.is_file():
        return set()
    try:
        return set(json.loads(path.read_text()))
    except ValueError as error:
        raise HarnessError(f"{path} is torn: {error}. Remove it; squeue --me shows what runs") from error


def _note(notes: Path, chain: Chain, ids: Sequence[str]) -> None:
    path = notes / f"{chain.name}.json"
    durable.write_bytes(path, json.dumps(list(ids)).encode(), path.with_suffix(f".{os.getpid()}"))
