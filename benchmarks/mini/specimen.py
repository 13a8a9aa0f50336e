"""Draw specimens: two to four icons on a 3 x 3 layout; often they have a colour or a kind in common."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SIDE, Drawn
from benchmarks.mini.icons import ICONS
from benchmarks.mini.scene import COLUMNS, ROWS, Placed, article
from benchmarks.mini.words import Split

_CELLS = 3
_PITCH = SIDE // _CELLS


@dataclass(frozen=True, slots=True)
class SpecimenPlan:
    """Hold the icons in reading order."""

    placed: tuple[Placed, ...]

    def key(self) -> str:
        """Name the layout whatever the sizes and the offsets within a cell."""
        return "specimen " + " ".join(f"{p.column}{p.row}{p.colour} {p.shape}" for p in self.placed)


def plan(dice: Dice, split: Split) -> SpecimenPlan:
    """Throw specimens: one in three share their colour, one in three their kind, the others nothing."""
    count, mode = dice.between(2, 4), dice.below(3)
    kinds, colours = dice.take(ICONS, count), dice.take(COLOURS, count)
    if mode == 0:
        colours = colours[:1] * count
    elif mode == 1:
        kinds = kinds[:1] * count
    placed = []
    for kind, colour, cell in zip(kinds, colours, dice.take(range(_CELLS * _CELLS), count), strict=True):
        side = dice.between(17, 19)
        row, column = divmod(cell, _CELLS)
        left = column * _PITCH + dice.below(_PITCH - side + 1)
        top = row * _PITCH + dice.below(_PITCH - side + 1)
        placed.append(Placed(kind, colour, column, row, left, top, side))
    placed.sort(key=lambda p: (p.row, p.column))
    return SpecimenPlan(tuple(placed))


def _caption(specimen: SpecimenPlan) -> str:
    rows, columns = ROWS[_CELLS], COLUMNS[_CELLS]
    parts = (
        f"{article(p.colour)} {p.colour} {p.shape} at the {rows[p.row]} {columns[p.column]}" for p in specimen.placed
    )
    return "Specimens: " + ", ".join(parts) + "."


def render(specimen: SpecimenPlan) -> Drawn:
    """Draw specimens."""
    canvas = Canvas()
    for p in specimen.placed:
        canvas.shape(p.shape, p.colour, p.left, p.top, p.side)
    return Drawn("specimen", canvas.pixels, tuple(canvas.things), (), _caption(specimen), specimen, specimen.key())
