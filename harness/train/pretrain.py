"""Make the shared parts of the miniature: five encoders, each for its own objective, and the language model.

In real life the parts are pre-trained once, at great cost, by others. Here that happens in minutes and on the record:
`harness prepare --pretrain` runs this, writes safetensors in float16 and says beside them how they came to be.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from benchmarks.mini import pictures
from benchmarks.mini.drawn import Drawn, Kind
from harness.encoders import table
from harness.encoders.build import build
from harness.train import truth
from harness.train.objectives import OBJECTIVES, Objective
from harness.train.seed import settle
from harness.train.steering import Steering

Report = Callable[[int, int, str], None]

SEED = 77
HELD_OUT = 78
BATCH = 64
RATE = 1e-3
STEPS = {"clip": 1500, "convnext": 2500, "sam": 400, "eva02": 600, "pix2struct": 2500}
WRITTEN: tuple[Kind, ...] = ("diagram", "form", "sign", "word", "puzzle", "chart")
PLACED: tuple[Kind, ...] = ("scene", "specimen", "pose", "road", "depth")
MIXES: dict[str, tuple[Kind, ...]] = {
    "clip": pictures.KINDS,
    "convnext": (*PLACED, "scene", "specimen", "chart"),
    "sam": (*PLACED, "chart", "diagram"),
    "eva02": (*PLACED, "scene", "chart", "diagram"),
    "pix2struct": (*WRITTEN, *WRITTEN, "scene", "road"),
}
"""Kinds of pictures that each encoder is trained on, in turn: those that its objective can tell apart."""


def stream(name: str, seed: int, batch: int, first: int = 0) -> Iterator[list[Drawn]]:
    """Yield batches of training-side pictures for ever, from batch number `first` on."""
    index = first * batch
    while True:
        kinds = MIXES[name]
        yield [pictures.draw(kinds[n % len(kinds)], "train", seed, n) for n in range(index, index + batch)]
        index += batch


def pretrain_encoder(name: str, folder: Path, report: Report) -> tuple[dict[str, Path], dict[str, float]]:
    """Train one encoder for its objective; return its files and what was measured."""
    began = time.monotonic()
    spec = table.find(name, "tiny").spec
    settle(SEED, name)
    encoder, objective = build(spec), OBJECTIVES[name](spec.channels)
    steps = STEPS[name]
    learning = nn.ModuleDict({"encoder": encoder, "objective": objective})
    steering = Steering(dict(learning.named_parameters()), RATE, steps, folder / "snapshots")
    encoder.train()
    first = steering.resume()
    for step, drawn in zip(range(first, steps), stream(name, SEED, BATCH, first), strict=False):
        report(step + 1, steps, steering.step(objective(encoder(truth.canvas(drawn)), drawn)))
    encoder.eval()
    skill = measure(encoder, objective, name)
    metrics = {"loss": steering.last, "skill": skill, "seconds": time.monotonic() - began, "steps": float(steps)}
    folder.mkdir(parents=True, exist_ok=True)
    return {f"{name}.safetensors": write(encoder.inner, folder / f"{name}.safetensors")}, metrics


@torch.inference_mode()
def measure(encoder: nn.Module, objective: Objective, name: str, batches: int = 8) -> float:
    """Return the objective's skill on held-out pictures, averaged over batches of 64."""
    held_out = (
        [pictures.draw(kinds[n % len(kinds)], "test", HELD_OUT, n) for n in range(b * BATCH, (b + 1) * BATCH)]
        for kinds in [MIXES[name]]
        for b in range(batches)
    )
    skills = [objective.skill(encoder(truth.canvas(drawn)), drawn) for drawn in held_out]
    return sum(skills) / len(skills)


def write(module: nn.Module, path: Path) -> Path:
    """Write a module's weights as safetensors in float16."""
    tensors = {name: tensor.half().contiguous() for name, tensor in module.state_dict().items()}
    save_file(tensors, path, metadata={"format": "pt"})
    return path
