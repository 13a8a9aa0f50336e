"""Bring the processes of one training together: who they are, where they meet, what they tell each other.

Whoever starts several processes says in the environment of each which it is: `RANK`, `LOCAL_RANK` and `WORLD_SIZE`, as
torchrun does, and either `HARNESS_MEETING`, a file that all of them open (one machine), or `MASTER_ADDR` and
`MASTER_PORT` (several; torchrun). A file rather than a port, so that two trainings on one machine never meet. One
process on its own needs none of this and forms its own group in memory.
"""

import os
from typing import TypeVar

import torch
from torch import distributed

from harness.data.order import Share
from harness.errors import UsageError
from harness.schema.machine import MEETING, MachineSpec

_ALONE = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}
T = TypeVar("T")


def join(machine: MachineSpec) -> Share:
    """Join the group of this training, once a process, and return this process's share of the work.

    Raises:
        UsageError: there are more or fewer processes than the machine file counts devices.
    """
    for variable, alone in _ALONE.items():
        os.environ.setdefault(variable, alone)
    share = Share(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
    if share.world != machine.devices:
        raise UsageError(
            f"machine.devices is {machine.devices}, but {share.world} processes were started (WORLD_SIZE). Start them "
            f"through harness train, which starts one a device, or torchrun with machine.devices={share.world}"
        )
    if machine.accelerator == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    if not distributed.is_initialized():
        backend = "nccl" if machine.accelerator == "cuda" else "gloo"
        if share.world == 1:
            distributed.init_process_group(backend, store=distributed.HashStore(), rank=0, world_size=1)
        elif MEETING in os.environ:
            store = distributed.FileStore(os.environ[MEETING], share.world)
            distributed.init_process_group(backend, store=store, rank=share.rank, world_size=share.world)
        else:
            distributed.init_process_group(backend, init_method="env://")
    return share


def everyone(said: T, share: Share) -> list[T]:
    """Return what every process says, in the order of their ranks; all of them must ask at the same place."""
    if share.world == 1:
        return [said]
    heard: list[T] = [said] * share.world
    distributed.all_gather_object(heard, said)
    return heard


def in_turns(shares: list[list[T]]) -> list[T]:
    """Put the processes' micro-batches, or what came of them, back into the order of the step."""
    return [one for turn in zip(*shares, strict=True) for one in turn]
