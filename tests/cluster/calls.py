"""Do almost nothing, on a node: leave a file that says what ran after what."""

import os
import time
from pathlib import Path


def train(folder: str, name: str) -> None:
    """Leave a file named after the training; one that is to fail leaves none."""
    if (Path(folder) / f"fail {name}").exists():
        raise RuntimeError(f"{name} was to fail")
    (Path(folder) / f"trained {name}").write_text(os.environ.get("CUDA_VISIBLE_DEVICES", "none"))


def answer(folder: str, name: str, number: int) -> None:
    """Leave a file, which says whether the training had ended."""
    trained = (Path(folder) / f"trained {name}").exists()
    (Path(folder) / f"answered {name} {number}").write_text(str(trained))


def wait(folder: str, name: str) -> None:
    """Wait for the file `go`, then be a training."""
    while not (Path(folder) / "go").exists():
        time.sleep(0.1)
    train(folder, name)
