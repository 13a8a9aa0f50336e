"""Turn drawn pictures into what each pre-training objective asks for: masks, centres, classes, characters.

Everything is laid on the 8 x 8 grid of cells that a drawn picture has; class 0 always means "nothing".
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from benchmarks.mini.cells import centre
from benchmarks.mini.drawn import CELL, COLOURS, GRID, NAMES, SIDE, Drawn

KINDS = ("nothing", *NAMES)
HUES = ("nothing", *COLOURS, "black")
CHARACTERS = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-=?"


def canvas(drawn: Sequence[Drawn]) -> Tensor:
    """Return the pictures as canvases (B, 3, 64, 64) in [0, 1]."""
    return torch.from_numpy(np.stack([one.rgb() for one in drawn])).permute(0, 3, 1, 2).float() / 255


def centres(drawn: Sequence[Drawn]) -> tuple[Tensor, Tensor, Tensor]:
    """Return, per cell, kind and hue of the thing centred there (B, 64), and its box's sides over 64 (B, 64, 2)."""
    kinds = torch.zeros(len(drawn), GRID * GRID, dtype=torch.long)
    hues = torch.zeros_like(kinds)
    sides = torch.zeros(len(drawn), GRID * GRID, 2)
    for index, one in enumerate(drawn):
        for thing in one.objects:
            row, column = centre(thing)
            cell = row * GRID + column
            kinds[index, cell], hues[index, cell] = KINDS.index(thing.shape), HUES.index(thing.colour)
            left, top, right, bottom = thing.box
            sides[index, cell] = torch.tensor([(right - left) / SIDE, (bottom - top) / SIDE])
    return kinds, hues, sides


def classes(drawn: Sequence[Drawn]) -> Tensor:
    """Return which (kind, hue) pairs a picture shows, as zeros and ones (B, kinds x hues)."""
    shown = torch.zeros(len(drawn), len(KINDS), len(HUES))
    for index, one in enumerate(drawn):
        for thing in one.objects:
            shown[index, KINDS.index(thing.shape), HUES.index(thing.colour)] = 1
    return shown.flatten(1)


def masks(drawn: Sequence[Drawn]) -> Tensor:
    """Return foreground and boundary pixels, cell by cell: (B, 64 cells, 2, 64 pixels) of zeros and ones.

    A boundary pixel belongs to a thing and touches, to the right or below, a pixel of another thing or of none.
    """
    owners = np.zeros((len(drawn), SIDE, SIDE), np.int64)
    for index, one in enumerate(drawn):
        for number, thing in enumerate(one.objects, start=1):
            owners[index][thing.mask()] = number
    edge = np.zeros_like(owners, bool)
    edge[:, :, :-1] |= owners[:, :, :-1] != owners[:, :, 1:]
    edge[:, :-1] |= owners[:, :-1] != owners[:, 1:]
    planes = torch.from_numpy(np.stack([owners > 0, edge], axis=1)).float()
    cells = planes.unflatten(2, (GRID, CELL)).unflatten(4, (GRID, CELL))
    return cells.permute(0, 2, 4, 1, 3, 5).flatten(4).flatten(1, 2)


def characters(drawn: Sequence[Drawn]) -> Tensor:
    """Return, per cell, its character and the first two of the word it is part of (B, 64, 3), 0 where there is none."""
    read = torch.zeros(len(drawn), GRID * GRID, 3, dtype=torch.long)
    for index, one in enumerate(drawn):
        for glyph in one.glyphs:
            told = [glyph.character, *glyph.word[:2]]
            read[index, glyph.row * GRID + glyph.column, : len(told)] = torch.tensor(list(map(CHARACTERS.index, told)))
    return read
