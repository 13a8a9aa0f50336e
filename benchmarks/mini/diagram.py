"""Draw a diagram: four coloured boxes with two-letter labels, joined by arrows along the sides of a square."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import CELL, COLOURS, Drawn
from benchmarks.mini.words import LABELS, Split

# Corners in reading order as (column, row) of cells; a box is two cells wide and two high.
_CORNERS = ((1, 0), (5, 0), (1, 6), (5, 6))
_WIDE, _HIGH = 2, 2
_SIDES = ((0, 1), (2, 3), (0, 2), (1, 3))
_PLACES = ("top left", "top right", "bottom left", "bottom right")


@dataclass(frozen=True, slots=True)
class Box:
    """Describe one labelled box."""

    colour: str
    label: str


@dataclass(frozen=True, slots=True)
class DiagramPlan:
    """Hold a diagram: the boxes in reading order of their corners, and arrows as (from, to) indices of boxes."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[int, int], ...]

    def key(self) -> str:
        """Name the layout whatever the labels."""
        boxes = " ".join(box.colour for box in self.boxes)
        return f"diagram {boxes} " + " ".join(f"{tail}>{head}" for tail, head in self.arrows)


def plan(dice: Dice, split: Split) -> DiagramPlan:
    """Throw a diagram with the labels of a split; two to four of the sides carry an arrow, each in either direction."""
    boxes = tuple(Box(*pair) for pair in zip(dice.take(COLOURS, 4), dice.take(LABELS[split], 4), strict=True))
    sides = sorted(dice.take(_SIDES, dice.between(2, 4)))
    return DiagramPlan(boxes, tuple((a, b) if dice.below(2) else (b, a) for a, b in sides))


def _arrow(canvas: Canvas, tail: int, head: int) -> None:
    first, second = sorted((tail, head))
    forward = tail == first
    (column, row), other = _CORNERS[first], _CORNERS[second]
    if row == other[1]:
        left, right = (column + _WIDE) * CELL + 1, other[0] * CELL - 1
        middle = row * CELL + CELL
        canvas.fill("black", left, middle - 1, right, middle + 1)
        for step in range(5):
            x = right - 1 - step if forward else left + step
            canvas.fill("black", x, middle - 1 - step, x + 1, middle + 1 + step)
        canvas.note("arrow", "black", left, middle - 5, right, middle + 5)
    else:
        top, bottom = (row + _HIGH) * CELL + 1, other[1] * CELL - 1
        middle = column * CELL + CELL
        canvas.fill("black", middle - 1, top, middle + 1, bottom)
        for step in range(5):
            y = bottom - 1 - step if forward else top + step
            canvas.fill("black", middle - 1 - step, y, middle + 1 + step, y + 1)
        canvas.note("arrow", "black", middle - 5, top, middle + 5, bottom)


def _caption(diagram: DiagramPlan) -> str:
    boxes = [f"{box.colour} box {box.label} at the {place}" for box, place in zip(diagram.boxes, _PLACES, strict=True)]
    arrows = [f"arrow from {diagram.boxes[a].label} to {diagram.boxes[b].label}" for a, b in diagram.arrows]
    return "A diagram with " + ", ".join(boxes + arrows) + "."


def render(diagram: DiagramPlan) -> Drawn:
    """Draw a diagram: a box is a coloured strip over its label."""
    canvas = Canvas()
    for box, (column, row) in zip(diagram.boxes, _CORNERS, strict=True):
        left, top, right, bottom = column * CELL, row * CELL, (column + _WIDE) * CELL, (row + _HIGH) * CELL
        canvas.block("box", box.colour, left, top, right, bottom)
        canvas.fill("white", left, top + CELL, right, bottom)
        canvas.write(box.label, column, row + 1)
    for tail, head in diagram.arrows:
        _arrow(canvas, tail, head)
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("diagram", canvas.pixels, things, glyphs, _caption(diagram), diagram, diagram.key())
