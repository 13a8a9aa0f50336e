"""Walk the CUDA path on shapes, where there is no GPU: which device everything lies on, which operators are called.

A fake tensor says that it is on a GPU and has a shape and no values; an operator on two devices is refused as a GPU
would refuse it. A build of torch without CUDA lacks one thing to be able to say so, a guard that switches between
devices; one that does nothing is compiled and loaded into this process, which therefore is one of its own. Attention is
stood in for (its choice of kernel asks the driver): it demands one device, and returns a tensor of its result's shape.

What cannot be seen so: numbers, time, memory, the way back itself. Of the way back it is seen whether an operator
forward is one that torch has no deterministic gradient for on a GPU: see `REFUSED`.

    python -m tests.harness.train.shapes_on_gpu FOLDER
"""

import ctypes
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv
from torch.nn.functional import cross_entropy
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from harness.config.compose import compose
from harness.data.batch import Batch, Line, collate
from harness.encoders.build import build
from harness.encoders.full import FULL
from harness.encoders.one_gpu import BASE
from harness.encoders.resample import weights
from harness.encoders.table import TINY
from harness.model.arms import ARMS
from harness.model.fusion import ChannelConcat
from harness.model.tower import Tower
from harness.model.vlm import answer_logits
from harness.run.plan.count import unfilled
from harness.schema.recipe import Fusion
from harness.train.dense import cell_errors

GUARD = """
#include <c10/core/impl/DeviceGuardImplInterface.h>
C10_REGISTER_GUARD_IMPL(CUDA, c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::CUDA>);
"""
# Forward operators whose gradient torch refuses on a GPU when kernels must be deterministic, from the documentation of
# torch.use_deterministic_algorithms (2.11), by the name of the operator in ATen.
REFUSED = (
    *("upsample_linear1d", "upsample_bilinear2d", "upsample_bicubic2d", "upsample_trilinear3d"),
    *("_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_max_pool2d", "fractional_max_pool2d"),
    *("avg_pool3d", "max_pool3d_with_indices", "max_unpool2d", "max_unpool3d", "grid_sampler_2d", "grid_sampler_3d"),
    *("reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d", "replication_pad2d"),
    *("nll_loss2d_forward", "_ctc_loss", "_embedding_bag", "put_", "histc", "kthvalue", "median", "cumsum"),
)
OWN: dict[str, dict[str, Any]] = {"aggregate": {"queries": 4, "layers": 1}, "prune": {"budget": 24}}
WIDTH, SIDE, GRID = 64, 64, 8
FINE = 32
POSITIONS = ((37, 27), (16, 64))
"""Grids of DINOv2 and EVA-02: where their positions were trained, and where they are read."""


class Attention(TorchFunctionMode):
    """Stand in for attention."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Demand one device and one precision of all that attention is given."""
        kwargs = kwargs or {}
        if func is not nn.functional.scaled_dot_product_attention:
            return func(*args, **kwargs)
        query, key, value, mask = (*args, *[None] * 4)[:4]
        given = [one for one in (query, key, value, mask, kwargs.get("attn_mask")) if one is not None]
        assert len({one.device for one in given}) == 1
        assert len({one.dtype for one in given}) == 1
        return query.new_empty(*query.shape[:-1], value.shape[-1])


class Operators(TorchDispatchMode):
    """Note every operator that is given something on the GPU."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Note, and go on."""
        if any(isinstance(one, Tensor) and one.is_cuda for one in args):
            self.seen.add(func.overloadpacket.__name__)
        return func(*args, **(kwargs or {}))


def walked(module: nn.Module, run: Callable[[], Tensor]) -> dict[str, Any]:
    """Run a module on the GPU that is not there; tell where what came out lies, and which refused operators ran.

    Weights are in bfloat16 and buffers in float32, as DeepSpeed leaves them.
    """
    for one in module.parameters():
        one.data = one.data.bfloat16()
    fake = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with fake, torch.no_grad(), Attention(), Operators() as operators:
        module.to_empty(device="cuda")
        came = run()
    return {
        "device": came.device.type,
        "shape": [int(side) for side in came.shape if isinstance(side, int)],
        "refused": sorted(operators.seen & set(REFUSED)),
    }


def encoders() -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk every encoder of every size, on the canvas of its recipes."""
    for size, cards in (("full", FULL), ("base", BASE), ("tiny", TINY)):
        side = SIDE if size == "tiny" else 1024
        for card in cards:
            with torch.device("meta"):
                encoder = build(card.spec).train()
            run = partial(shown, encoder, side)
            yield f"{size} {card.spec.name}", walked(encoder, run)


def shown(encoder: nn.Module, side: int) -> Tensor:
    """Show an encoder a canvas."""
    return encoder(torch.empty(1, 3, side, side, device="cuda"))


def grids() -> dict[str, Any]:
    """Walk the grids of all full-size encoders onto one."""
    specs = tuple(card.spec for card in FULL)
    fusion = ChannelConcat(Fusion(kind="channel_concat", grid=FINE, normalise=True), specs)

    def run() -> Tensor:
        said = {one.name: torch.empty(1, one.grid**2, one.channels, device="cuda").bfloat16() for one in specs}
        return fusion(said)

    return walked(fusion, run)


def batch() -> Batch:
    """Lay two conversations of unlike length out, and move them as a training does."""
    rows = [
        Line([0] * n, list(range(n)), [0] * 65 + [1] * (n - 65), [-100] * 66 + [1] * (n - 66), []) for n in (80, 90)
    ]
    made = collate([torch.zeros(3, SIDE, SIDE)] * 2, rows, (1, 65))
    return made.to(torch.device("cuda"), torch.bfloat16)


def arms() -> Iterator[tuple[str, dict[str, Any]]]:
    """Walk every arm from canvas to loss, with the tiny encoders and a small language model."""
    study = compose()
    small = {"model_type": "llama", "hidden_size": WIDTH, "intermediate_size": WIDTH, "num_hidden_layers": 2}
    spec = study.recipe.language.model_copy(update={"architecture": {**small, "num_attention_heads": 2}})
    for kind in ARMS:
        stated = {"kind": kind, "grid": GRID, "normalise": True, "dropout": 0.5, **OWN.get(kind, {})}
        with torch.device("meta"):
            language = unfilled(spec)
            cards = [build(card.spec) for card in TINY]
            tower = Tower(cards, Fusion.model_validate(stated), study.recipe.projector, WIDTH, SIDE)
        model = nn.ModuleDict({"tower": tower, "language": language}).train()

        yield f"arm {kind}", walked(model, partial(learned, tower, language))


def learned(tower: Tower, language: Any) -> Tensor:
    """Take both objectives' losses: of cells, and of words."""
    laid = batch()
    visual = tower(laid.canvas)
    # Some arms give another number of tokens than the batch has slots.
    slots = visual.mean(1, keepdim=True).expand(2, GRID**2, WIDTH)
    words = torch.zeros(2, GRID**2, 3, dtype=torch.long).to("cuda")
    cells = cell_errors(slots, words, language.get_input_embeddings()).mean()
    return cross_entropy(*answer_logits(language, slots, laid), reduction="none") + cells


def main() -> None:
    """Load the guard, walk everything, print what was found."""
    folder = Path(sys.argv[1])
    source, library = folder / "guard.cpp", folder / "guard.so"
    source.write_text(GUARD)
    home = Path(torch.__file__).parent
    words = ["g++", "-std=c++20", "-shared", "-fPIC", f"-I{home / 'include'}", str(source), "-o", str(library)]
    subprocess.run([*words, f"-L{home / 'lib'}", "-lc10"], check=True)
    ctypes.CDLL(str(library))
    # Kept for later, so they must not be fakes.
    for card in FULL:
        weights(card.spec.grid, FINE, "bilinear", True)
    for old, new in POSITIONS:
        weights(old, new, "bicubic", False)
    torch.use_deterministic_algorithms(True)
    found = {**dict(encoders()), "grids": grids(), **dict(arms())}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
