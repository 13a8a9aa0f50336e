"""Divide one machine into slots: what one training or one row of answers has to itself."""

import os

from harness.errors import MachineError
from harness.record.fingerprint import collect
from harness.schema.machine import MachineSpec

VISIBLE = "CUDA_VISIBLE_DEVICES"


def count(machine: MachineSpec, asked: int) -> int:
    """Return how many jobs run at once: as asked, else cores over threads, or GPUs over devices; at least one.

    Raises:
        MachineError: there are not GPUs enough for as many jobs as asked, or for one.
    """
    if machine.accelerator == "cpu":
        return asked or max(1, len(os.sched_getaffinity(0)) // machine.threads)
    room = len(_gpus()) // machine.devices
    if room < max(asked, 1):
        raise MachineError(
            f"{max(asked, 1)} jobs of {machine.devices} GPUs each do not fit the {len(_gpus())} GPUs that are visible "
            f"here. Set sweep.slots or machine.devices lower, or show more of them ({VISIBLE})."
        )
    return asked or room


def devices(machine: MachineSpec, slot: int) -> str | None:
    """Return the GPUs of one slot (from 0) as `CUDA_VISIBLE_DEVICES` writes them, None on a CPU."""
    if machine.accelerator == "cpu":
        return None
    return ",".join(_gpus()[slot * machine.devices : (slot + 1) * machine.devices])


def _gpus() -> list[str]:
    shown = os.environ.get(VISIBLE)
    if shown is not None:
        return [name for name in shown.split(",") if name.strip()]
    return [str(index) for index in range(collect().gpu_count)]
