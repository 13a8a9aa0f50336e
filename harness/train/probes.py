"""Ask of an encoder's frozen tokens what its objective taught it to see: one probe an objective.

A probe says which rows of features are read, what each row should say, and how the skill on held-out pictures is
counted: in [0, 1], in the unit of the encoder's own objective (harness/train/objectives.py).
"""

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize, one_hot

from benchmarks.mini.drawn import Drawn
from harness.train import truth
from harness.train.readout import Readout

COMPANY = 64
"""Captions that one is found among, as in pre-training."""


class Probe(ABC):
    """Say for one objective which rows are read, what each should say, and how well it does."""

    skill_is: str

    @abstractmethod
    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the rows (R, F) to read, from the tokens (B, N, D) of pictures."""

    @abstractmethod
    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return what each row should say (R, K)."""

    @abstractmethod
    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return the skill in [0, 1] of what was read (R, K)."""

    def skill(self, readout: Readout, tokens: Tensor, drawn: Sequence[Drawn]) -> float:
        """Return the skill in [0, 1] of a readout on pictures."""
        return self.right(readout(self.features(tokens, drawn)), readout, drawn)


class Captions(Probe):
    """Find a picture's caption among those of the other pictures of its kind, by the words read from its mean token.

    Among pictures of all kinds the kind alone would find most of them, and an untrained encoder tells that.
    """

    skill_is = "captions found among 64 of one kind"
    vocabulary = 512

    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the mean token."""
        return tokens.mean(1)

    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return which words the caption has, each in the slot of its CRC-32, as pre-training had them."""
        said = torch.zeros(len(drawn), self.vocabulary)
        for row, one in zip(said, drawn, strict=True):
            for word in re.findall(r"[a-z]+|[A-Z0-9]", one.caption):
                row[zlib.crc32(word.encode()) % self.vocabulary] = 1
        return said

    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return the share of pictures whose own caption is the nearest by cosine, rare words weighing more."""
        read, true = (
            normalize((one - readout.offset) / readout.spread, dim=1) for one in (told, self.targets(drawn).double())
        )
        shares: list[float] = []
        for kind in sorted({one.kind for one in drawn}):
            rows = [number for number, one in enumerate(drawn) if one.kind == kind]
            for cut in range(0, len(rows), COMPANY):
                some = rows[cut : cut + COMPANY]
                found = (read[some] @ true[some].T).argmax(1) == torch.arange(len(some))
                shares += found.double().tolist()
        return sum(shares) / len(shares)


class Classes(Probe):
    """Name the kinds and hues of the things shown, from the mean and the largest of each feature."""

    skill_is = "things shown that are among as many named first"

    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return mean and maximum over the tokens."""
        return torch.cat([tokens.mean(1), tokens.amax(1)], dim=1)

    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return which (kind, hue) pairs are shown."""
        return truth.classes(drawn)

    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return, averaged over pictures, the share of the k pairs shown that are among the k named first."""
        shown = self.targets(drawn)
        counts = [int(count) for count in shown.sum(1)]
        shares = [
            float(true[row.topk(count).indices].mean())
            for row, true, count in zip(told, shown, counts, strict=True)
            if count
        ]
        return sum(shares) / len(shares)


class Masks(Probe):
    """Tell the foreground's pixels of each cell."""

    skill_is = "intersection over union of the foreground"

    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return every token."""
        return tokens.flatten(0, 1)

    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return the 64 pixels of each cell."""
        return truth.masks(drawn)[:, :, 0].flatten(0, 1)

    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return the intersection over union of all pictures' foregrounds."""
        said, true = told > 0.5, self.targets(drawn) > 0.5
        return float((said & true).sum() / (said | true).sum())


class Centres(Probe):
    """Tell kind and hue of a thing from the one cell that holds its middle."""

    skill_is = "things with kind and hue right"

    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the tokens at the middles of things."""
        return tokens[truth.centres(drawn)[0] > 0]

    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return kind and hue, one of each."""
        kinds, hues, _ = truth.centres(drawn)
        there = kinds > 0
        return torch.cat([one_hot(kinds[there], len(truth.KINDS)), one_hot(hues[there], len(truth.HUES))], dim=1)

    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return the share of things of which both are right."""
        sizes = [len(truth.KINDS), len(truth.HUES)]
        pairs = zip(told.split(sizes, 1), self.targets(drawn).split(sizes, 1), strict=True)
        kind, hue = (said.argmax(1) == true.argmax(1) for said, true in pairs)
        return float((kind & hue).double().mean())


class Characters(Probe):
    """Read the character in each cell of writing, and the first two of its word."""

    skill_is = "cells with character and word read"

    def features(self, tokens: Tensor, drawn: Sequence[Drawn]) -> Tensor:
        """Return the tokens where something is written."""
        return tokens[truth.characters(drawn)[..., 0] > 0]

    def targets(self, drawn: Sequence[Drawn]) -> Tensor:
        """Return the three characters, one of each."""
        read = truth.characters(drawn)
        return one_hot(read[read[..., 0] > 0], len(truth.CHARACTERS)).flatten(1)

    def right(self, told: Tensor, readout: Readout, drawn: Sequence[Drawn]) -> float:
        """Return the share of cells of which all three are right."""
        said, true = (one.unflatten(1, (3, -1)).argmax(-1) for one in (told, self.targets(drawn)))
        return float((said == true).all(1).double().mean())


PROBES: dict[str, Probe] = {
    "clip": Captions(),
    "convnext": Classes(),
    "sam": Masks(),
    "eva02": Centres(),
    "pix2struct": Characters(),
}
