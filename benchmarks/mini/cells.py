"""Say in words what each cell of a drawn picture holds: the truth behind a dense caption."""

import numpy as np

from benchmarks.mini.chart import STEP
from benchmarks.mini.drawn import CELL, GRID, INK, Drawn, Thing

COVERED = 0.3
"""The part of a cell that a thing covers at least to count as being in it."""


def centre(thing: Thing) -> tuple[int, int]:
    """Return the (row, column) of the cell in which a thing's middle lies."""
    left, top, right, bottom = thing.box
    return (top + bottom) // 2 // CELL, (left + right) // 2 // CELL


def words(drawn: Drawn) -> list[list[str]]:
    """Say in words what each of the 64 cells holds, in raster order.

    A thing is named in the cell of its middle, followed by its facts (where it points, how near it is); a bar, a box
    and a sign in each cell of their upper edge, a bar there with its height; a diagram's arrow by `from` and `to` at
    its ends. Other cells that a thing covers hold its colour. Each cell of what is written holds the whole of it,
    letter by letter: a reader sees words. A word brings the blank that stands before it in a sentence.
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
                cell.append(f" {round((bottom - top) / STEP)}")
    for glyph in drawn.glyphs:
        cells[glyph.row * GRID + glyph.column].extend(spelled(glyph.word))
    return cells


def spelled(word: str) -> list[str]:
    """Spell what is written: its first character with the blank that parts words, the others without."""
    return [f" {word[0]}", *word[1:]]


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
