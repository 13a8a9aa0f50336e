"""Draw a puzzle: a sum or a difference in figures, and under it two rows of shapes to count."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES, Drawn
from benchmarks.mini.words import Split

MOST = 5
_SIDE, _PITCH = 11, 12
_TOPS = (22, 46)
"""Tops of the two rows, so that the middle of each shape lies in a cell of its own."""


@dataclass(frozen=True, slots=True)
class Group:
    """Describe one row of equal shapes."""

    shape: str
    colour: str
    count: int


@dataclass(frozen=True, slots=True)
class PuzzlePlan:
    """Hold `first sign second`, whose result lies between 1 and 9, and the two rows of shapes."""

    first: int
    sign: str
    second: int
    groups: tuple[Group, Group]

    @property
    def result(self) -> int:
        """Return what the question mark stands for."""
        return self.first + self.second if self.sign == "+" else self.first - self.second

    @property
    def formula(self) -> str:
        """Return the formula as it is written."""
        return f"{self.first}{self.sign}{self.second}=?"

    def key(self) -> str:
        """Name the layout."""
        return f"puzzle {self.formula} " + " ".join(f"{g.count} {g.colour} {g.shape}" for g in self.groups)


def plan(dice: Dice, split: Split) -> PuzzlePlan:
    """Throw a puzzle; every result from 1 to 9 is as likely."""
    result = dice.between(1, 9)
    if result > 1 and dice.below(2):
        first = dice.between(1, result - 1)
        formula = (first, "+", result - first)
    else:
        second = dice.between(0, 9 - result)
        formula = (result + second, "-", second)
    rows = zip(dice.take(SHAPES, 2), dice.take(COLOURS, 2), dice.take(range(1, MOST + 1), 2), strict=True)
    first_row, second_row = (Group(*row) for row in rows)
    return PuzzlePlan(*formula, (first_row, second_row))


def _caption(puzzle: PuzzlePlan) -> str:
    top, bottom = (f"{g.count} {g.colour} {g.shape}" for g in puzzle.groups)
    spelled = f"{puzzle.first} {'plus' if puzzle.sign == '+' else 'minus'} {puzzle.second}"
    return f"A puzzle with {spelled} at the top, {top} in the middle, {bottom} at the bottom."


def render(puzzle: PuzzlePlan) -> Drawn:
    """Draw a puzzle."""
    canvas = Canvas()
    canvas.write(puzzle.formula, 1, 0)
    for group, top in zip(puzzle.groups, _TOPS, strict=True):
        for place in range(group.count):
            canvas.shape(group.shape, group.colour, 1 + place * _PITCH, top, _SIDE)
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("puzzle", canvas.pixels, things, glyphs, _caption(puzzle), puzzle, puzzle.key())
