"""Measure a training on the way, cheaply: speed, memory, gradients of each encoder, effective rank of its features.

| figure | when | unit |
|---|---|---|
| `samples_per_second` | every step | conversations of the global batch, over the step's wall time |
| `gradient_norm` | every step | the norm that clipping looks at |
| `gradient_norm/<encoder or part>` | at a probe | the same of one encoder, the projector, the language model |
| `effective_rank/<encoder>` | at a probe | Roy and Vetterli, uncentred, of the encoder's own tokens, in (1, D] |
| `effective_rank/projector` | at a probe | the same of what the projector says, in (1, H] |
| `accuracy/<kind>` | at the end of a window | share of its answers that are right, or of its cells told apart |
| `memory_mb` | at a probe | MiB: the device's peak on a GPU, the process's peak on a CPU |

A probe is taken at the first step, then at the end of every `kinds.WINDOW` steps. It adds no pass: it listens to the
encoders' outputs of the step's first micro-batch, of at most `TOKENS` tokens. Figures are kept in snapshots beside the
losses; NaN stands where none was taken. Nothing here touches what is learned.
"""

import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from harness.analyse.effective_rank import stream
from harness.errors import InvalidEvidence
from harness.train.kinds import WINDOW

TOKENS = 4096
ByStage = dict[str, dict[str, list[tuple[int, float]]]]
"""Figures by stage and name, as points (step counted from 1, value)."""


class Figures:
    """Keep what is measured in one stage, by figure and step."""

    def __init__(self, kept: dict[str, Tensor], stage: str, steps: int):
        self.kept, self.stage, self.steps = kept, stage, steps

    def probes(self, step: int) -> bool:
        """Tell whether a step, counted from 0, is one to look closely at."""
        return step == 0 or (step + 1) % WINDOW == 0 or step + 1 == self.steps

    def add(self, step: int, figures: Mapping[str, float]) -> None:
        """Keep the figures of a step."""
        for name, value in figures.items():
            fresh = torch.full((self.steps,), torch.nan, dtype=torch.float64)
            self.kept.setdefault(f"{name}@{self.stage}", fresh)[step] = value

    def at(self, step: int) -> dict[str, float]:
        """Return the figures of a step."""
        ours = {name.rpartition("@")[0]: curve for name, curve in self.kept.items() if name.endswith(f"@{self.stage}")}
        return {name: float(curve[step]) for name, curve in sorted(ours.items()) if not curve[step].isnan()}


@contextmanager
def listening(encoders: Mapping[str, nn.Module], wanted: bool) -> Iterator[dict[str, float]]:
    """Hear what the encoders say for the first time within the block, and give its effective rank by encoder after it.

    Features that have no spectrum (NaN, all zero) give no figure: the loss tells of them.
    """
    heard: dict[str, Tensor] = {}
    ranks: dict[str, float] = {}

    def ear(name: str):
        def hear(module: nn.Module, inputs: tuple[Tensor, ...], tokens: Tensor) -> None:
            if name not in heard:
                heard[name] = tokens.detach().flatten(0, 1)[:TOKENS].clone()

        return hear

    hooks = [encoder.register_forward_hook(ear(name)) for name, encoder in encoders.items() if wanted]
    try:
        yield ranks
    finally:
        for hook in hooks:
            hook.remove()
    for name, tokens in heard.items():
        if (rank := rank_of(tokens)) is not None:
            ranks[f"effective_rank/{name}"] = rank


def rank_of(tokens: Tensor) -> float | None:
    """Return the effective rank of tokens (M, D), or None where they have no spectrum."""
    try:
        return stream([tokens.float().cpu().numpy()], tokens.shape[1]).rank().value
    except InvalidEvidence:
        return None


def peak_memory_mb() -> float:
    """Return the peak memory of this process so far, in MiB: on its GPU where it has one, else in main memory."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_stage(kept: Mapping[str, Tensor]) -> ByStage:
    """Return the figures of each stage as points."""
    told: ByStage = {}
    for name, curve in sorted(kept.items()):
        figure, _, stage = name.rpartition("@")
        points = [(at, value) for at, value in enumerate(curve.tolist(), start=1) if value == value]
        told.setdefault(stage, {})[figure] = points
    return told


def named(figures: ByStage) -> Mapping[str, list[tuple[int, float]]]:
    """Name each figure so that a tracker's chart of one figure shows its stages and encoders together."""
    return {name_of(figure, stage): points for stage, told in figures.items() for figure, points in told.items()}


def name_of(figure: str, stage: str) -> str:
    """Name a figure of a stage: what is measured first, then the stage, then the encoder."""
    what, _, whose = figure.partition("/")
    return "/".join([what, stage, *([whose] if whose else [])])
