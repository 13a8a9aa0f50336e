"""List what devices can do by their makers' data sheets: memory, and dense operations a second in bfloat16."""

import os
from dataclasses import dataclass

from harness.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Device:
    """Hold a device's memory in bytes and its peak in floating-point operations a second, without sparsity.

    A peak of 0 means that no data sheet gives one: rates must then be measured.
    """

    name: str
    memory: float
    peak: float
    source: str


DEVICES = (
    Device("h100", 80e9, 989e12, "NVIDIA H100 data sheet, SXM: 80 GB, 989 TFLOP/s dense bfloat16"),
    Device("h200", 141e9, 989e12, "NVIDIA H200 data sheet, SXM: 141 GB, 989 TFLOP/s dense bfloat16"),
    Device("a100", 80e9, 312e12, "NVIDIA A100 data sheet: 80 GB, 312 TFLOP/s dense bfloat16"),
    Device("l40s", 48e9, 362e12, "NVIDIA L40S data sheet: 48 GB, 362 TFLOP/s dense bfloat16"),
    Device("a10", 24e9, 125e12, "NVIDIA A10 data sheet: 24 GB, 125 TFLOP/s dense bfloat16"),
)


def find(name: str) -> Device:
    """Return a device of the table; `cpu` is this machine's processor, whose peak nobody states.

    Raises:
        UnknownName: no such device.
    """
    if name == "cpu":
        memory = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        return Device("cpu", memory, 0.0, "this machine")
    for device in DEVICES:
        if device.name == name:
            return device
    raise UnknownName("device", name, [*(device.name for device in DEVICES), "cpu"])
