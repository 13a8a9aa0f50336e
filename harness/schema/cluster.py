"""Say what one task of a sweep asks of a Slurm cluster. Nothing here is in any digest."""

from pydantic import Field

from harness.schema.frozen import Frozen


class ClusterSpec(Frozen):
    """Describe the requests of a task; the GPUs of a training are the machine's devices, those of answers one.

    `at_once` limits how many trainings run at the same time, and how many arrays of answers of one training do.
    `prefix` holds the words that start a container, put before `python`; empty where tasks run as they are.
    """

    partition: str
    account: str
    minutes: int = Field(gt=0)
    memory_gb: int = Field(gt=0)
    cpus: int = Field(gt=0)
    gpus: bool
    at_once: int = Field(gt=0)
    prefix: tuple[str, ...]
