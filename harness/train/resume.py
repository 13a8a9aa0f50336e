"""Keep a running training safe from sudden death: snapshots written whole or not at all, read back exactly.

A snapshot is one safetensors file: the trained weights, the optimizer's moments, the losses and figures so far.
Everything else a training needs (order of samples, learning rate, choice of turns) is a function of the step. Weights
and moments are whole and in float32, named by parameter, so that a snapshot fits any number of processes, any ZeRO
stage and any precision.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

PATTERN = "snapshot-*.safetensors"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hold the state after `step` steps of stage number `stage`.

    `losses` are those of each stage so far, `marks` say by kind whether answers were right (`harness/train/kinds.py`),
    `figures` what else was measured on the way (`harness/train/figures.py`).
    """

    stage: int
    step: int
    weights: dict[str, Tensor]
    moments: dict[str, Tensor]
    losses: dict[str, Tensor]
    figures: dict[str, Tensor] = field(default_factory=dict)
    marks: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Hold what a training remembers of its steps, named as in a snapshot, to be filled as it goes."""

    losses: dict[str, Tensor] = field(default_factory=dict)
    figures: dict[str, Tensor] = field(default_factory=dict)
    marks: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot | None) -> "Kept":
        """Go on with what a snapshot holds, or begin."""
        return cls() if snapshot is None else cls(dict(snapshot.losses), dict(snapshot.figures), dict(snapshot.marks))


class Snapshots:
    """Write a snapshot every so many seconds, keep the newest."""

    def __init__(self, folder: Path, every_s: float):
        self.folder, self.every_s = folder, every_s
        self.last = time.monotonic()

    @property
    def due(self) -> bool:
        """Tell whether the last snapshot is older than the interval."""
        return time.monotonic() - self.last >= self.every_s

    def write(self, snapshot: Snapshot) -> None:
        """Write a snapshot under a temporary name, flush it to the disk, rename it, drop the older ones."""
        self.folder.mkdir(parents=True, exist_ok=True)
        older = list(self.folder.glob(PATTERN))
        final = self.folder / f"snapshot-{snapshot.stage:02d}-{snapshot.step:08d}.safetensors"
        partial = final.with_suffix(".partial")
        tensors = {f"weights/{name}": tensor for name, tensor in snapshot.weights.items()}
        tensors |= {f"moments/{name}": tensor for name, tensor in snapshot.moments.items()}
        tensors |= {f"losses/{name}": tensor for name, tensor in snapshot.losses.items()}
        tensors |= {f"figures/{name}": tensor for name, tensor in snapshot.figures.items()}
        tensors |= {f"marks/{name}": tensor for name, tensor in snapshot.marks.items()}
        place = {"stage": str(snapshot.stage), "step": str(snapshot.step)}
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, partial, metadata=place)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.rename(final)
        for path in older:
            if path != final:
                path.unlink(missing_ok=True)
        self.last = time.monotonic()

    def newest(self) -> Snapshot | None:
        """Read the newest snapshot, or return None when there is none that can be read whole."""
        for path in sorted(self.folder.glob(PATTERN), reverse=True):
            try:
                return _read(path)
            except SafetensorError:
                path.unlink()
        return None


def _read(path: Path) -> Snapshot:
    with safe_open(path, framework="pt") as file:
        place = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118

    def below(prefix: str) -> dict[str, Tensor]:
        return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}

    kept = [below(part) for part in ("weights/", "moments/", "losses/", "figures/", "marks/")]
    return Snapshot(int(place["stage"]), int(place["step"]), *kept)
