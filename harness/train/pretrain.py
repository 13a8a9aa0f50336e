"""Make the shared parts of the miniature: five encoders, each for its own objective, and the language model.

In real life the parts are pre-trained once, at great cost, by others. Here that happens in minutes and on the record:
`harness prepare --pretrain` runs this, writes safetensors in float16 and says beside them how they came to be.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from benchmarks.mini import pictures
from benchmarks.mini.drawn import Drawn, Kind
from harness.encoders import table
from harness.encoders.build import build
from harness.train import truth
from harness.train.figures import ByStage, rank_of
from harness.train.objectives import OBJECTIVES, Objective
from harness.train.seed import settle
from harness.train.steering import Steering

Report = Callable[[int, int, str], None]

SEED = 77
HELD_OUT = 78
BATCH = 64
LOOKS = 25
"""How often an encoder is shown pictures that it is not trained on, while it is trained."""
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


@dataclass(frozen=True, slots=True)
class Made:
    """Hold a part that was made: its `files`, what was `measured` at the end, and its `course` as points by figure."""

    files: dict[str, Path]
    measured: dict[str, float]
    course: ByStage


@dataclass(frozen=True)
class Held:
    """Hold pictures that an encoder is not trained on, of each kind that it is trained on: a batch of each."""

    name: str

    @cached_property
    def shown(self) -> dict[Kind, tuple[list[Drawn], Tensor]]:
        """Return the pictures of each kind, and their canvases (B, 3, P, P)."""
        shown: dict[Kind, tuple[list[Drawn], Tensor]] = {}
        for kind in dict.fromkeys(MIXES[self.name]):
            drawn = [pictures.draw(kind, "test", HELD_OUT, n) for n in range(BATCH)]
            shown[kind] = drawn, truth.canvas(drawn)
        return shown

    @torch.inference_mode()
    def look(self, encoder: nn.Module, objective: Objective) -> dict[str, float]:
        """Return skill and loss by kind of picture, the mean skill, and the effective rank of all tokens.

        A kind that shows nothing to find has no skill. Nothing that is learned depends on whether anybody looks.
        """
        encoder.eval()
        with torch.random.fork_rng(devices=[]):
            told = {kind: (encoder(canvas), drawn) for kind, (drawn, canvas) in self.shown.items()}
            skills = {kind: objective.skill(*one) for kind, one in told.items()}
            losses = {kind: float(objective(*one)) for kind, one in told.items()}
        encoder.train()
        seen = {f"skill/{kind}": skill for kind, skill in skills.items()}
        seen |= {f"loss/{kind}": loss for kind, loss in losses.items()}
        rank = rank_of(torch.cat([tokens.flatten(0, 1) for tokens, _ in told.values()]))
        seen |= {} if rank is None else {"effective_rank": rank}
        return {name: value for name, value in seen.items() if isfinite(value)}


def stream(name: str, seed: int, batch: int, first: int = 0) -> Iterator[list[Drawn]]:
    """Yield batches of training-side pictures for ever, from batch number `first` on."""
    index = first * batch
    while True:
        kinds = MIXES[name]
        yield [pictures.draw(kinds[n % len(kinds)], "train", seed, n) for n in range(index, index + batch)]
        index += batch


def pretrain_encoder(name: str, folder: Path, report: Report) -> Made:
    """Train one encoder for its objective; what was cut short goes on from the snapshots in `folder`."""
    spec = table.find(name, "tiny").spec
    settle(SEED, name)
    encoder, objective = build(spec), OBJECTIVES[name](spec.channels)
    steps = STEPS[name]
    learning = nn.ModuleDict({"encoder": encoder, "objective": objective})
    steering, held = Steering(dict(learning.named_parameters()), RATE, steps, folder / "snapshots", name), Held(name)
    encoder.train()
    first = steering.resume()
    for step, drawn in zip(range(first, steps), stream(name, SEED, BATCH, first), strict=False):
        seen = held.look(encoder, objective) if step % max(1, steps // LOOKS) == 0 or step + 1 == steps else None
        report(step + 1, steps, steering.step(objective(encoder(truth.canvas(drawn)), drawn), seen))
    encoder.eval()
    skill = measure(encoder, objective, name)
    metrics = {"loss": steering.last, "skill": skill, "seconds": steering.seconds, "steps": float(steps)}
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{name}.safetensors": write(encoder.inner, folder / f"{name}.safetensors")}
    return Made(files, metrics, steering.course())


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
