"""Let one pass of each frozen encoder serve every subset: what it said of a batch is kept on disk, within a budget.

While an encoder is frozen its tokens are a function of its weights and of the canvas. The order of samples is a
function of seed, stage and step alone, so every subset that is trained with one seed shows its encoders the same
batches; for a pool of n, n 2^(n-1) passes become n. A batch is remembered as a whole, because its company may show in
a picture's last bits: a training that recalls ends in the same bytes as one that encodes.

What is kept is named by SHA-256 over all that the tokens depend on: every byte of the encoder's weights and of the
canvas, its specification, the precision, and what decides kernels (device, instruction set, threads, versions). A
file that is torn or damaged is not believed and made again. The budget covers all trainings of a store; what comes
first stays, since every training walks through the data in the same order and would find none of it if the oldest
were dropped for the newest.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import timm
import torch
import transformers
from filelock import FileLock
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from harness.data.order import ALONE, Share
from harness.encoders.backbone import Backbone
from harness.schema.frozen import canonical
from harness.schema.machine import MachineSpec
from harness.train.together import everyone

TOKENS, DIGEST = "tokens", "sha256"
USED = "used"


class Shared:
    """Remember what frozen encoders say, in a folder that trainings share, up to `budget` bytes.

    `encoded` and `recalled` count pictures, once for each encoder that they went through or were spared.
    """

    def __init__(self, folder: Path, budget: float, machine: MachineSpec, share: Share = ALONE):
        self.folder, self.budget, self.share = folder, budget, share
        self.encoded, self.recalled = 0, 0
        self.conditions = {
            "accelerator": torch.cuda.get_device_name() if machine.accelerator == "cuda" else "cpu",
            "instruction set": machine.instruction_set,
            "threads": str(machine.threads),
            "versions": " ".join(str(one.__version__) for one in (torch, transformers, timm)),
        }
        self._weights: dict[str, str] = {}
        self._canvas: tuple[Tensor, str] | None = None

    def attach(self, encoders: Iterable[Backbone]) -> None:
        """Remember for these encoders from now on; their weights must be whole, as they are before any engine."""
        for encoder in encoders:
            self._weights[encoder.spec.name] = _digest(encoder.state_dict())
            encoder.memory = self

    def recall(self, encoder: Backbone, canvas: Tensor) -> Tensor:
        """Return the tokens of a batch; every process of a training must ask at the same place."""
        path = self._path(encoder, canvas)
        known = _read(path)
        # Spread weights are put together by all processes at once: either all of them encode, or none.
        if all(everyone(known is not None, self.share)) and known is not None:
            self.recalled += len(canvas)
            return known.to(canvas.device)
        before = _generators()
        tokens = encoder.encode(canvas)
        self.encoded += len(canvas)
        # An encoder that draws (dropout) says something else each time; nothing of it is kept.
        if known is None and all(map(torch.equal, before, _generators())):
            self._keep(path, tokens.detach().cpu().contiguous())
        return tokens

    def _path(self, encoder: Backbone, canvas: Tensor) -> Path:
        if self._canvas is None or self._canvas[0] is not canvas:
            self._canvas = canvas, _digest({"canvas": canvas})
        identity = {
            **self.conditions,
            "encoder": encoder.spec.plain(),
            "weights": self._weights[encoder.spec.name],
            "precision": str(next(encoder.inner.parameters()).dtype),
            "canvas": self._canvas[1],
        }
        name = sha256(canonical(identity)).hexdigest()
        return self.folder / name[:2] / f"{name}.safetensors"

    def _keep(self, path: Path, tokens: Tensor) -> None:
        """Write tokens whole or not at all, where the budget has room."""
        if not self._reserve(tokens.nbytes):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        # Containers of two machines may have one process number between them.
        partial = path.with_name(f".{path.name}.{uuid4().hex}.partial")
        save_file({TOKENS: tokens}, partial, metadata={DIGEST: _digest({TOKENS: tokens})})
        partial.replace(path)

    def _reserve(self, size: int) -> bool:
        """Take bytes of the budget that all trainings share; those of one that is killed in between stay taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        count = self.folder / USED
        with FileLock(self.folder / "lock"):
            used = int(count.read_text()) if count.is_file() else 0
            if used + size > self.budget:
                return False
            fresh = count.with_name(f".{USED}.partial")
            fresh.write_text(str(used + size))
            fresh.replace(count)
        return True


def _read(path: Path) -> Tensor | None:
    """Return what a file holds, or None where it is absent or not what was written."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            tokens, digest = file.get_tensor(TOKENS), file.metadata()[DIGEST]
    except (SafetensorError, KeyError, TypeError, OSError):
        return None
    return tokens if _digest({TOKENS: tokens}) == digest else None


def _digest(tensors: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of tensors with their names, shapes and precisions."""
    whole = sha256()
    for name, tensor in sorted(tensors.items()):
        whole.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        whole.update(tensor.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
    return whole.hexdigest()


def _generators() -> list[Tensor]:
    """Return the states of torch's generators."""
    return [torch.get_rng_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [])]
