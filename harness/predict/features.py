"""Encode each picture once a checkpoint, however many questions show it and however many masks look at it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from benchmarks.card import Picture
from harness.data.canvas import paint
from harness.model.stand_ins import Moments, mean_tokens, moments, noise_tokens
from harness.model.tower import Tower
from harness.schema.entry import Operator
from harness.schema.recipe import Canvas
from harness.schema.subset import Subset


@dataclass(frozen=True)
class Features:
    """Hold the pre-projector features of U pictures: tokens (U, N_i, D_i) of each encoder, and each picture's row."""

    tokens: dict[str, Tensor]
    rows: Mapping[str, int]

    @property
    def encoded(self) -> int:
        """Return how many pictures went through the encoders."""
        return len(self.rows)

    @cached_property
    def moments(self) -> dict[str, Moments]:
        """Return the moments of each encoder's tokens over these pictures, taken once for all masks."""
        return {name: moments(tokens) for name, tokens in self.tokens.items()}

    def stand_ins(self, seen: dict[str, Tensor], kept: Subset, operator: Operator, first: int) -> dict[str, Tensor]:
        """Return what stands for the encoders that are not kept, for the pictures from row `first` on, of `seen`."""
        pictures = list(self.rows)
        masked = {name: tokens for name, tokens in seen.items() if name not in kept}
        if operator == "mean":
            return {name: mean_tokens(tokens, self.moments[name]) for name, tokens in masked.items()}
        return {
            name: noise_tokens(tokens, self.moments[name], name, pictures[first : first + len(tokens)])
            for name, tokens in masked.items()
        }


@torch.inference_mode()
def encode(
    tower: Tower,
    canvas: Canvas,
    pictures: Iterable[Picture],
    batch: int,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Features:
    """Encode the pictures that differ by digest, `batch` at a time; `report(done, total)` counts pictures.

    Wherever the tower computes, what it said is kept in main memory.
    """
    device = _device(tower)
    unique = {picture.digest: picture for picture in pictures}
    parts: dict[str, list[Tensor]] = defaultdict(list)
    waiting = list(unique.values())
    for first in range(0, len(waiting), batch):
        painted = torch.stack([paint(picture.open(), canvas) for picture in waiting[first : first + batch]])
        for name, tokens in tower.encode(painted.to(device)).items():
            parts[name].append(tokens.cpu())
        report(min(first + batch, len(waiting)), len(waiting))
    tokens = {name: torch.cat(pieces) for name, pieces in parts.items()}
    return Features(tokens, {digest: row for row, digest in enumerate(unique)})


@torch.inference_mode()
def project(
    tower: Tower, features: Features, kept: Subset, batch: int, operator: Operator | None = None
) -> dict[str, Tensor]:
    """Return the visual tokens (N, H) of every picture under one mask, by the picture's digest.

    Nothing is shown to a `blind` model, so there are none.
    """
    if not features.rows or operator == "blind":
        return {}
    pieces, device = [], _device(tower)
    for first in range(0, features.encoded, batch):
        seen = {name: tokens[first : first + batch] for name, tokens in features.tokens.items()}
        stand_ins = features.stand_ins(seen, kept, operator, first) if operator else None
        pieces.append(tower.project(_moved(seen, device), kept, stand_ins and _moved(stand_ins, device)).cpu())
    visual = torch.cat(pieces)
    return {digest: visual[row] for digest, row in features.rows.items()}


def _device(tower: Tower) -> torch.device:
    return next(tower.parameters()).device


def _moved(tensors: Mapping[str, Tensor], device: torch.device) -> dict[str, Tensor]:
    return {name: one.to(device) for name, one in tensors.items()}
