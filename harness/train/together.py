"""Bring the processes of one training together: who they are, where they meet, what they tell each other.

Whoever starts several processes says in the environment of each which it is: `RANK`, `LOCAL_RANK` and `WORLD_SIZE`, as
torchrun does, and either `HARNESS_MEETING`, a file that all of them open (one machine), or `MASTER_ADDR` and
`MASTER_PORT` (several; torchrun). A file rather than a port, so that two trainings on one machine never meet. One
process on its own needs none of this and forms its own group in memory.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import torch
from torch import distributed

from harness.data.order import Share
from harness.errors import UsageError
from harness.schema.machine import MEETING, MachineSpec

_ALONE = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}
T = TypeVar("T")


@contextmanager
def together(machine: MachineSpec) -> Generator[Share]:
    """Join the group of this training while the block lasts, and let a process that trained alone go its way after it.

    Several processes keep their group, for they met only once, and so does what ends in an error: others of it may
    still be waiting. A group that was there before outlives the block.
    """
    formed = not distributed.is_initialized()
    share = join(machine)
    yield share
    if formed and share.world == 1:
        leave()


def leave() -> None:
    """Dissolve this process's group, and have DeepSpeed forget the groups that it made of it, if it made any.

    DeepSpeed keeps them for as long as the process lives: had somebody else (vLLM does) dissolved the group, the next
    training of the process would speak to groups that are gone.
    """
    if "deepspeed" in sys.modules and sys.modules["deepspeed"].comm.is_initialized():
        sys.modules["deepspeed"].comm.destroy_process_group()
    else:
        distributed.destroy_process_group()


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
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if machine.accelerator == "cuda" else None
    if device is not None:
        torch.cuda.set_device(device)
    if not distributed.is_initialized():
        # The group is told its device: what it would guess is the first one, for every process.
        form = partial(distributed.init_process_group, "nccl" if device else "gloo", device_id=device)
        if share.world == 1:
            form(store=distributed.HashStore(), rank=0, world_size=1)
        elif MEETING in os.environ:
            store = distributed.FileStore(os.environ[MEETING], share.world)
            form(store=store, rank=share.rank, world_size=share.world)
        else:
            form(init_method="env://")
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
