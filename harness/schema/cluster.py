"""Say what one task of a sweep asks of a Slurm cluster. Nothing here is in any digest."""

from typing import Literal

from pydantic import Field

from harness.schema.frozen import Frozen

ContainerTool = Literal["docker", "apptainer", "enroot"]


class ClusterSpec(Frozen):
    """Describe the requests of a task; the GPUs of a training are the machine's devices, those of answers one.

    `at_once` limits how many trainings run at the same time, and how many arrays of answers of one training do.
    Tasks run as they are, or inside `image`, started by `container` (harness/run/node_prefix.py); `prefix` holds words
    to put before all that, such as a cluster's own wrapper.
    """

    partition: str
    account: str
    minutes: int = Field(gt=0)
    memory_gb: int = Field(gt=0)
    cpus: int = Field(gt=0)
    gpus: bool
    at_once: int = Field(gt=0)
    prefix: tuple[str, ...]
    container: ContainerTool = "apptainer"
    image: str = ""
