"""Ask the NVIDIA management library what GPUs there are; no torch, and an honest `None` where there is no driver.

The library (`libnvidia-ml.so.1`) comes with the driver; what it says of a GPU is what a container started on it sees.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pynvml

CUDA_VERSION_SCALE = 1000
# CUDA 13 needs a driver of the branch 580 or newer (NVIDIA's release notes, table of minimum driver versions), 12 of
# 525, 11 of 450; data-centre GPUs may run newer libraries on older drivers, which this project does not rely on.
OLDEST_DRIVER = {13: 580, 12: 525, 11: 450}
UNKNOWN_THERE = (pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_FUNCTION_NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Gpu:
    """Describe one GPU: memory in bytes, compute capability, MIG (None: the GPU has no such mode), and its faults.

    `slowed` names why the clocks are held down for a fault's sake (heat, power brake), `corrected` says whether memory
    errors are corrected.
    """

    name: str
    capability: tuple[int, int]
    memory: int
    free: int
    mig: bool | None
    corrected: bool | None
    slowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Devices:
    """Hold the driver's version, the CUDA version that it serves, and the GPUs."""

    driver: str
    cuda: tuple[int, int]
    gpus: tuple[Gpu, ...]

    @property
    def branch(self) -> int:
        """Return the driver's branch, such as 580 of 580.65.06."""
        return int(self.driver.partition(".")[0])


def probe() -> Devices | None:
    """Return what the management library says, or None where no driver is loaded."""
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        version = pynvml.nvmlSystemGetCudaDriverVersion_v2()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return Devices(
            driver=str(pynvml.nvmlSystemGetDriverVersion()),
            cuda=(version // CUDA_VERSION_SCALE, version % CUDA_VERSION_SCALE // 10),
            gpus=tuple(_gpu(handle) for handle in handles),
        )
    finally:
        pynvml.nvmlShutdown()


def _gpu(handle: Any) -> Gpu:
    memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
    mig = _answered(lambda: pynvml.nvmlDeviceGetMigMode(handle)[0])
    corrected = _answered(lambda: pynvml.nvmlDeviceGetEccMode(handle)[0])
    major, minor = pynvml.nvmlDeviceGetCudaComputeCapability(handle)
    return Gpu(
        name=str(pynvml.nvmlDeviceGetName(handle)),
        capability=(major, minor),
        memory=int(memory.total),
        free=int(memory.free),
        mig=None if mig is None else bool(mig),
        corrected=None if corrected is None else bool(corrected),
        slowed=_slowed(_answered(lambda: pynvml.nvmlDeviceGetCurrentClocksEventReasons(handle)) or 0),
    )


def _slowed(reasons: int) -> tuple[str, ...]:
    """Name the reasons that are faults; a clock that rests or keeps to a set limit is none."""
    faults = {
        "heat (software)": pynvml.nvmlClocksThrottleReasonSwThermalSlowdown,
        "heat (hardware)": pynvml.nvmlClocksThrottleReasonHwThermalSlowdown,
        "power brake": pynvml.nvmlClocksThrottleReasonHwPowerBrakeSlowdown,
    }
    return tuple(name for name, bit in faults.items() if reasons & bit)


def _answered(ask: Callable[[], int]) -> int | None:
    """Return an answer, or None where this GPU or this driver knows no such thing."""
    try:
        return ask()
    except pynvml.NVMLError as error:
        if error.value not in UNKNOWN_THERE:  # pyright: ignore[reportAttributeAccessIssue]
            raise
        return None
