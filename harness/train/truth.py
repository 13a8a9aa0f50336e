"""Turn drawn pictures into what each pre-training objective asks for: cells, masks, centres, characters, words.

Everything is laid on the 8 x 8 grid of cells that a drawn picture has; class 0 always means "nothing".
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from benchmarks.mini.chart import STEP
from benchmarks.mini.drawn import CELL, COLOURS, GRID, INK, NAMES, SIDE, Drawn, Thing

KINDS = ("nothing", *NAMES)
HUES = ("nothing", *COLOURS, "black")
CHARACTERS = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-=?"
COVERED = 0.3


def canvas(drawn: Sequence[Drawn]) -> Tensor:
    """Return the pictures as canvases (B, 3, 64, 64) in [0, 1]."""
    return torch.from_numpy(np.stack([one.rgb() for one in drawn])).permute(0, 3, 1, 2).float() / 255


def centre(thing: Thing) -> tuple[int, int]:
    """Return the (row, column) of the cell in which a thing's middle lies."""
    left, top, right, bottom = thing.box
    return (top + bottom) // 2 // CELL, (left + right) // 2 // CELL


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
    """Return the character in each cell (B, 64), 0 where there is none."""
    read = torch.zeros(len(drawn), GRID * GRID, dtype=torch.long)
    for index, one in enumerate(drawn):
        for glyph in one.glyphs:
            read[index, glyph.row * GRID + glyph.column] = CHARACTERS.index(glyph.character)
    return read


def words(drawn: Drawn) -> list[list[str]]:
    """Say in words what each of the 64 cells holds, for a language model to learn from without any encoder.

    A thing is named in the cell of its middle, followed by its facts (where it points, how near it is); a bar, a box
    and a sign in each cell of their upper edge, a bar there with its height; a diagram's arrow by `from` and `to` at
    its ends. Other cells that a thing covers hold its colour; a character holds itself.
    """
    cells: list[list[str]] = [[] for _ in range(GRID * GRID)]
    for thing in drawn.objects:
        if drawn.kind == "diagram" and thing.shape == "arrow":
            _arrow(drawn, thing, cells)
            continue
        covered = thing.mask().reshape(GRID, CELL, GRID, CELL).mean(axis=(1, 3)) > COVERED
        left, top, right, bottom = thing.box
        for row, column in np.argwhere(covered).tolist():
            cells[row * GRID + column].append(f" {thing.colour}")
        named = [centre(thing)]
        if thing.shape in ("bar", "box", "sign"):
            named = [(top // CELL, column) for column in range(left // CELL, (right - 1) // CELL + 1)]
        for row, column in named:
            cell = cells[row * GRID + column]
            cell.extend([] if f" {thing.colour}" in cell else [f" {thing.colour}"])
            cell.append(f" {thing.shape}")
            cell.extend(f" {fact}" for fact in thing.facts)
            if thing.shape == "bar":
                cell.append(str(round((bottom - top) / STEP)))
    for glyph in drawn.glyphs:
        cells[glyph.row * GRID + glyph.column].append(glyph.character)
    return cells


def _arrow(drawn: Drawn, thing: Thing, cells: list[list[str]]) -> None:
    left, top, right, bottom = thing.box
    ink = drawn.pixels[top:bottom, left:right] == INK["black"]
    across = right - left > bottom - top
    profile = ink.sum(axis=0 if across else 1)
    middle = (top + bottom) // 2 // CELL if across else (left + right) // 2 // CELL
    ends = (left // CELL, (right - 1) // CELL) if across else (top // CELL, (bottom - 1) // CELL)
    # The head is the thick end.
    forward = profile[-5:].sum() > profile[:5].sum()
    for place, word in zip(ends, (" from", " to") if forward else (" to", " from"), strict=True):
        row, column = (middle, place) if across else (place, middle)
        cells[row * GRID + column].extend([" arrow", word])
