"""State the five objectives of encoder pre-training: what an encoder was trained for decides the role it can play.

Each is a small head on the encoder's tokens (B, N, D), thrown away afterwards; `forward` returns the loss, `skill` a
share in [0, 1] on held-out pictures that people can read.
"""

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
    normalize,
)

from benchmarks.mini.drawn import Drawn
from harness.train import truth


class Objective(nn.Module, ABC):
    """Judge an encoder's tokens by what the pictures truly show."""

    skill_is: str

    @abstractmethod
    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the loss of a batch."""

    @abstractmethod
    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return how well the objective is met, in [0, 1]."""


class Captions(Objective):
    """Match pictures with their captions among the batch (CLIP, arXiv 2103.00020): symmetric InfoNCE."""

    skill_is = "captions found among 64"
    vocabulary, longest, width = 512, 48, 96

    def __init__(self, channels: int):
        super().__init__()
        self.words = nn.Embedding(self.vocabulary, self.width)
        self.places = nn.Parameter(torch.randn(self.longest, self.width) * 0.02)
        layer = nn.TransformerEncoderLayer(self.width, 3, 2 * self.width, dropout=0.0, batch_first=True)
        self.reader = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.look = nn.Linear(channels, self.width)
        self.heat = nn.Parameter(torch.tensor(2.0))

    def _similarity(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        rows = [re.findall(r"[a-z]+|[A-Z0-9]", one.caption)[: self.longest] for one in drawn]
        ids = torch.zeros(len(rows), self.longest, dtype=torch.long)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = torch.tensor([1 + zlib.crc32(w.encode()) % (self.vocabulary - 1) for w in row])
        empty = ids == 0
        read = self.reader(self.words(ids) + self.places, src_key_padding_mask=empty)
        said = read.masked_fill(empty[..., None], 0).sum(1) / (~empty).sum(1, keepdim=True)
        seen = self.look(tokens).mean(1)
        return self.heat.exp() * normalize(seen, dim=-1) @ normalize(said, dim=-1).T

    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the mean of both directions' cross-entropies."""
        similarity = self._similarity(tokens, drawn)
        target = torch.arange(len(drawn))
        return (cross_entropy(similarity, target) + cross_entropy(similarity.T, target)) / 2

    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the share of pictures whose caption is the most similar one."""
        best = self._similarity(tokens, drawn).argmax(1)
        return float((best == torch.arange(len(drawn))).float().mean())


class Classes(Objective):
    """Name the classes of the things shown (ConvNeXt's role): a class is present if any token says so."""

    skill_is = "pictures with every class right"

    def __init__(self, channels: int):
        super().__init__()
        self.head = nn.Linear(channels, len(truth.KINDS) * len(truth.HUES))
        nn.init.constant_(self.head.bias, -4.0)

    def _logits(self, tokens: Tensor) -> Tensor:
        return self.head(tokens).amax(1)

    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the binary cross-entropy over all classes, summed a picture."""
        shown = truth.classes(drawn)
        return binary_cross_entropy_with_logits(self._logits(tokens), shown, reduction="sum") / len(drawn)

    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the share of pictures with all classes right."""
        right = (self._logits(tokens) > 0) == (truth.classes(drawn) > 0)
        return float(right.all(1).float().mean())


class Masks(Objective):
    """Mask the things and their boundaries, pixel by pixel (SAM's role)."""

    skill_is = "intersection over union of the foreground"

    def __init__(self, channels: int):
        super().__init__()
        self.head = nn.Linear(channels, 2 * 64)

    def _logits(self, tokens: Tensor) -> Tensor:
        return self.head(tokens).unflatten(2, (2, 64))

    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the binary cross-entropy over pixels."""
        return binary_cross_entropy_with_logits(self._logits(tokens), truth.masks(drawn))

    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the foreground's intersection over union, over all pictures."""
        said, true = self._logits(tokens)[:, :, 0] > 0, truth.masks(drawn)[:, :, 0] > 0
        return float((said & true).sum() / (said | true).sum())


class Detection(Objective):
    """Find the middle of each thing, and there its class and the sides of its box (EVA-02's role as a detector)."""

    skill_is = "things found with kind and hue right"

    def __init__(self, channels: int):
        super().__init__()
        self.kind = nn.Linear(channels, len(truth.KINDS))
        self.hue = nn.Linear(channels, len(truth.HUES))
        self.sides = nn.Linear(channels, 2)

    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return class losses over all cells, empty ones weighted a tenth, and the boxes' L1 where there is a thing."""
        kinds, hues, sides = truth.centres(drawn)
        there = kinds > 0
        rare = torch.ones(len(truth.KINDS)).index_fill_(0, torch.tensor([0]), 0.1)
        loss = cross_entropy(self.kind(tokens).flatten(0, 1), kinds.flatten(), weight=rare)
        loss = loss + cross_entropy(self.hue(tokens[there]), hues[there])
        return loss + l1_loss(self.sides(tokens[there]), sides[there])

    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the share of things whose cell has the right kind and hue."""
        kinds, hues, _ = truth.centres(drawn)
        there = kinds > 0
        right = (self.kind(tokens).argmax(-1) == kinds) & (self.hue(tokens).argmax(-1) == hues)
        return float(right[there].float().mean())


class Reading(Objective):
    """Read each cell's character, and the word that it is part of by its first two (Pix2Struct's role)."""

    skill_is = "cells with character and word read"

    def __init__(self, channels: int):
        super().__init__()
        self.head = nn.Linear(channels, 3 * len(truth.CHARACTERS))

    def _logits(self, tokens: Tensor) -> Tensor:
        return self.head(tokens).unflatten(2, (3, len(truth.CHARACTERS)))

    def forward(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the cross-entropy over cells and characters, absent ones weighted a tenth."""
        rare = torch.ones(len(truth.CHARACTERS)).index_fill_(0, torch.tensor([0]), 0.1)
        return cross_entropy(self._logits(tokens).flatten(0, 2), truth.characters(drawn).flatten(), weight=rare)

    def skill(self, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the share of cells that hold writing of which all is read right."""
        read = truth.characters(drawn)
        right = (self._logits(tokens).argmax(-1) == read).all(-1)
        return float(right[read[..., 0] > 0].float().mean())


OBJECTIVES: dict[str, type[Objective]] = {
    "clip": Captions,
    "convnext": Classes,
    "sam": Masks,
    "eva02": Detection,
    "pix2struct": Reading,
}
