"""Judge what a machine's GPUs, image, clock and caches are: pure rules, each of which gives one line of `doctor`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from harness.record.devices import OLDEST_DRIVER, Devices

GIB = 2**30
DISK_GIB = 2
CUDA_OF_LOCK = 13
# vLLM's batch-invariant kernels and bfloat16 need compute capability 8.0 (its documentation of VLLM_BATCH_INVARIANT).
LEAST_CAPABILITY = (8, 0)
# The language model of seven billion parameters in bfloat16, with features and cache.
LEAST_MEMORY_GIB = 24
SHARED_GIB = {"cuda": 8, "cpu": 0.06}


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold one line: what was looked at, how it stands, what was found, what to do about it."""

    what: str
    state: Literal["pass", "warn", "fail"]
    found: str
    remedy: str = ""


def driver(devices: Devices | None, needed: bool) -> Finding:
    """Hold the driver against the CUDA libraries of the lock."""
    if devices is None:
        if needed:
            return Finding("GPU driver", "fail", "none", "install an NVIDIA driver, or choose machine=cpu")
        return Finding("GPU driver", "pass", "none, and none is needed")
    told = f"{devices.driver}, serves CUDA {devices.cuda[0]}.{devices.cuda[1]}"
    need = OLDEST_DRIVER[CUDA_OF_LOCK]
    if devices.branch < need:
        state = "fail" if needed else "warn"
        return Finding("GPU driver", state, told, f"CUDA {CUDA_OF_LOCK} needs driver {need} or newer: update it")
    return Finding("GPU driver", "pass", told)


def gpus(devices: Devices | None, needed: int, reference: Iterable[str]) -> list[Finding]:
    """Hold the GPUs against what a run needs and what the reference was made on; `needed` is 0 on a CPU."""
    found = devices.gpus if devices else ()
    if not needed:
        return [Finding("GPU", "pass", f"{len(found)}, and none is needed")]
    if len(found) < needed:
        remedy = f"choose a machine file with {len(found) or 'no'} devices, or give more (docker run --gpus all)"
        return [Finding("GPU", "fail", f"{len(found)} of {needed}", remedy)]
    used, known = found[:needed], sorted(set(reference))
    names = ", ".join(sorted({gpu.name for gpu in used}))
    lines = []
    if any(gpu.capability < LEAST_CAPABILITY for gpu in used):
        lines.append(Finding("GPU class", "fail", names, "compute capability 8.0 or newer is needed (bfloat16)"))
    elif known and any(gpu.name not in known for gpu in used):
        lines.append(Finding("GPU class", "warn", names, f"the reference ran on {', '.join(known)}: verdicts are R2"))
    else:
        lines.append(Finding("GPU class", "pass", names))
    if any(gpu.mig for gpu in used):
        lines.append(Finding("MIG", "warn", "on", "a slice is another device than the whole GPU: verdicts are R2"))
    else:
        lines.append(Finding("MIG", "pass", "off" if any(gpu.mig is False for gpu in used) else "not known here"))
    free = min(gpu.free for gpu in used) / GIB
    state = "pass" if free >= LEAST_MEMORY_GIB else "fail"
    remedy = "" if state == "pass" else f"{LEAST_MEMORY_GIB} GiB are needed: stop what else runs there (nvidia-smi)"
    lines.append(Finding("GPU memory", state, f"{free:.1f} GiB free", remedy))
    faults = sorted({fault for gpu in used for fault in gpu.slowed})
    if faults:
        lines.append(Finding("GPU clocks", "warn", ", ".join(faults), "speed is held down; answers are not affected"))
    return lines


def shared_memory(free: int, accelerator: Literal["cpu", "cuda"]) -> Finding:
    """Judge /dev/shm, through which loaders and collectives pass tensors; `free` in bytes."""
    need = SHARED_GIB[accelerator]
    if free / GIB >= need:
        return Finding("shared memory", "pass", f"{free / GIB:.2f} GiB")
    remedy = f"{need} GiB are needed: docker run --shm-size={SHARED_GIB['cuda']}g"
    return Finding("shared memory", "fail", f"{free / GIB:.2f} GiB", remedy)


def disk(free: int, place: Path, writable: bool, needed: bool) -> Finding:
    """Judge where results go; `free` in bytes. Whoever only judges stored evidence needs to write nothing."""
    told = f"{free / GIB:.1f} GiB at {place}"
    if not writable:
        remedy = "nothing can be written there: mount a folder at /results that --user owns, or name one: HARNESS_STORE"
        return Finding("disk for the store", "fail" if needed else "warn", f"{told}, not writable", remedy)
    if free / GIB < DISK_GIB:
        remedy = f"free {DISK_GIB} GiB, or set HARNESS_STORE to a folder on a larger disk"
        return Finding("disk for the store", "fail", told, remedy)
    return Finding("disk for the store", "pass", told)


def clock(now: datetime, newest: datetime | None) -> Finding:
    """Hold the clock against the newest record: a run that seems older than its reference is not judged."""
    told = f"{now:%Y-%m-%d %H:%M} UTC"
    if newest is not None and now < newest:
        remedy = f"the reference was made on {newest:%Y-%m-%d %H:%M} UTC, later than now: set the clock"
        return Finding("clock", "fail", told, remedy)
    return Finding("clock", "pass", told)


def image(digest: str | None, built_from: str | None, lock: str | None, here: str | None) -> Finding:
    """Hold the running image against the lock in it: `lock` is what the image was built from, `here` what it holds.

    `digest` was passed in by whoever started it; without it the image is known by what it was built from.
    """
    if built_from is None:
        return Finding("image", "pass", "none: this is no container of the project")
    if lock is not None and lock.removeprefix("sha256:") != here:
        return Finding(
            "image", "fail", f"lock {here}, built from {lock}", "the image was changed: pull or build it again"
        )
    if digest is None:
        remedy = "start it by --in-image, or pass -e HARNESS_IMAGE_DIGEST=$(docker image inspect -f '{{.Id}}' IMAGE)"
        return Finding("image", "warn", f"built from {built_from[:12]}, its own digest is not known", remedy)
    return Finding("image", "pass", digest)


def hub_cache(folder: Path, pinned: Iterable[tuple[str, str]]) -> Finding:
    """Look for every pinned revision in a Hugging Face cache: `datasets--OWNER--NAME/snapshots/COMMIT`."""
    wanted = list(pinned)
    absent = [
        f"{name}@{commit[:7]}"
        for name, commit in wanted
        if not (folder / f"datasets--{name.replace('/', '--')}" / "snapshots" / commit).is_dir()
    ]
    if absent:
        remedy = "fetch them while there is a network (HF_HUB_OFFLINE=0 harness prepare)"
        return Finding(
            "benchmarks' cache", "warn", f"{len(absent)} of {len(wanted)} absent: {', '.join(absent)}", remedy
        )
    return Finding("benchmarks' cache", "pass", f"{len(wanted)} at their pinned revisions in {folder}")


def drawn(folder: Path | None) -> Finding:
    """Say whether the miniature's pictures are there, or will be drawn by the first run."""
    if folder is None or not folder.is_dir():
        return Finding("mini mirror", "warn", "not drawn yet", "harness prepare (a minute); a run draws it by itself")
    return Finding("mini mirror", "pass", str(folder))
