"""Build the fake management library, and ask through it in a process of its own: the loader looks at its start only."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT

SOURCE = Path(__file__).with_name("fake_nvml.c")


def build(folder: Path) -> Path:
    """Compile the library under the name that the loader looks for, and return its folder."""
    target = folder / "libnvidia-ml.so.1"
    subprocess.run(["g++", "-x", "c", "-shared", "-fPIC", "-o", target, SOURCE], check=True)
    return folder


def asked(folder: Path | None, code: str, **said: object) -> subprocess.CompletedProcess[str]:
    """Run Python code on a machine with this library (None: with no driver at all) that says `said`."""
    settings = {f"FAKE_{name.upper()}": str(value) for name, value in said.items()}
    library = {"LD_LIBRARY_PATH": str(folder)} if folder else {}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **library, **settings},
    )
