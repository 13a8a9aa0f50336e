"""Describe one command inside an image, and write it as a line to paste: for Docker, Apptainer or enroot.

The container is hardened the same way whoever starts it: read-only image, no network, no capabilities, no new
privileges, a temporary folder in memory, results in one mounted folder that belongs to the caller.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.record.fingerprint import IMAGE_VARIABLE

Tool = Literal["docker", "apptainer", "enroot"]
RESULTS = "/results"
SCRATCH = "/tmp"
# Docker adds noexec unless it is told otherwise. On a GPU Triton compiles kernels there and loads them; on a CPU
# nothing is compiled, and what is written there cannot be run.
SCRATCH_OPTIONS = {"gpu": "rw,exec,nosuid,nodev,size=8g", "cpu": "rw,noexec,nosuid,nodev,size=2g"}
# Data loaders of a training on GPUs share batches through it; Docker's own default is 64 MiB.
SHARED_MEMORY = {"gpu": "16g", "cpu": "1g"}


@dataclass(frozen=True, slots=True)
class Inside:
    """Hold one command inside an image.

    `image` is the name that people know it by, `digest` what is started and recorded, since a name may be given to
    another image before a line is pasted (enroot alone knows containers by name); `words` are the command's own, with
    paths as the container sees them; `mounts` are the folders that it reads, host to container; `store` is the folder
    that it writes; `owner` is user and group, which the results will belong to.
    """

    image: str
    digest: str
    words: tuple[str, ...]
    store: Path
    owner: str
    mounts: tuple[tuple[Path, str], ...] = ()
    gpus: bool = False

    @property
    def shared_memory(self) -> str:
        """Return the size of /dev/shm as Docker spells it."""
        return SHARED_MEMORY["gpu" if self.gpus else "cpu"]

    @property
    def scratch(self) -> str:
        """Return how the folder in memory is mounted."""
        return SCRATCH_OPTIONS["gpu" if self.gpus else "cpu"]


def line(inside: Inside, tool: Tool) -> str:
    """Write the command as one line of a shell."""
    return shlex.join({"docker": _docker, "apptainer": _apptainer, "enroot": _enroot}[tool](inside))


def _docker(inside: Inside) -> list[str]:
    return [
        *("docker", "run", "--rm", "--init", "--read-only", "--network=none", "--cap-drop=ALL"),
        *("--security-opt=no-new-privileges", f"--shm-size={inside.shared_memory}", f"--user={inside.owner}"),
        f"--tmpfs={SCRATCH}:{inside.scratch}",
        *(["--gpus=all"] if inside.gpus else []),
        *(word for host, there in inside.mounts for word in ("-v", f"{host}:{there}:ro")),
        *("-v", f"{inside.store}:{RESULTS}", "-e", f"{IMAGE_VARIABLE}={inside.digest}"),
        inside.digest,
        *inside.words,
    ]


def _apptainer(inside: Inside) -> list[str]:
    """Start from the engine's own copy of the image; Apptainer runs as the caller and mounts images read-only."""
    return [
        *("apptainer", "run", "--containall", "--no-home", "--net", "--network=none", "--writable-tmpfs"),
        *(["--nv"] if inside.gpus else []),
        *(word for host, there in inside.mounts for word in ("--bind", f"{host}:{there}:ro")),
        *("--bind", f"{inside.store}:{RESULTS}", "--env", f"{IMAGE_VARIABLE}={inside.digest}", "--pwd", RESULTS),
        f"docker-daemon:{inside.digest}",
        *inside.words,
    ]


def _enroot(inside: Inside) -> list[str]:
    """Start a container made by `enroot import dockerd://IMAGE` and `enroot create`; roots are read-only by default."""
    return [
        *("enroot", "start"),
        *(word for host, there in inside.mounts for word in ("--mount", f"{host}:{there}:ro,x-create=dir,bind")),
        *("--mount", f"{inside.store}:{RESULTS}:x-create=dir,bind", "--env", f"{IMAGE_VARIABLE}={inside.digest}"),
        *(["--env", "NVIDIA_VISIBLE_DEVICES=all"] if inside.gpus else []),
        inside.image.replace("/", "+").replace(":", "+"),
        "harness",
        *inside.words,
    ]


def carried(words: list[str]) -> tuple[tuple[str, ...], tuple[tuple[Path, str], ...]]:
    """Give the words as the container sees them, with the folders it must see.

    A word that is a file or folder here is carried if it looks like a path (a slash, or a suffix such as `.zip`), so
    that a folder which happens to be named `clip` does not turn a subset into a mount. An option's value after `=`
    counts as a word: `--key=public.pem` is carried too.
    """
    mounts: dict[Path, str] = {}
    seen = []
    for word in words:
        option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
        path = Path(value)
        if not ("/" in value or path.suffix) or not path.exists():
            seen.append(word)
            continue
        whole = path.resolve()
        folder = whole if whole.is_dir() else whole.parent
        there = mounts.setdefault(folder, f"/in/{len(mounts)}")
        inner = there if whole.is_dir() else f"{there}/{whole.name}"
        seen.append(f"{option}{equals}{inner}")
    return tuple(seen), tuple(mounts.items())
