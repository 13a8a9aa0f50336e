"""Draw a scene: two to five coloured shapes on a 3 x 3 or 4 x 4 layout, sometimes on a tinted ground."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES, SIDE, TINTS, Drawn
from benchmarks.mini.words import Split

ROWS = {3: ("top", "middle", "bottom"), 4: ("top", "upper", "lower", "bottom")}
COLUMNS = {3: ("left", "center", "right"), 4: ("left", "inner left", "inner right", "right")}


@dataclass(frozen=True, slots=True)
class Placed:
    """Say which shape of which colour stands in which layout cell, with its corner and side in pixels."""

    shape: str
    colour: str
    column: int
    row: int
    left: int
    top: int
    side: int


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """Hold a scene: the layout's cells a side, the ground, and what stands where in reading order."""

    cells: int
    ground: str
    placed: tuple[Placed, ...]

    def key(self) -> str:
        """Name the layout whatever the ground, the sizes and the offsets within a cell."""
        return f"scene {self.cells} " + " ".join(f"{p.column}{p.row}{p.colour} {p.shape}" for p in self.placed)


def _kinds(dice: Dice, count: int) -> list[tuple[str, str]]:
    """Choose (shape, colour) of each thing: all different, or one shape (or one colour) two to four times."""
    mode, repeats = dice.below(5), dice.between(2, 4)
    if mode:
        count = max(count, repeats)
    shapes, colours = dice.take(SHAPES, count), dice.take(COLOURS, count)
    if mode in (1, 2):
        shapes[:repeats] = shapes[:1] * repeats
    elif mode:
        colours[:repeats] = colours[:1] * repeats
    return list(zip(shapes, colours, strict=True))


def plan(dice: Dice, split: Split) -> ScenePlan:
    """Throw a scene."""
    cells = dice.choose((3, 4))
    pitch = SIDE // cells
    kinds = _kinds(dice, dice.between(2, 5))
    placed = []
    for (shape, colour), cell in zip(kinds, dice.take(range(cells * cells), len(kinds)), strict=True):
        side = dice.between(pitch - 5, pitch - 2) | 1
        row, column = divmod(cell, cells)
        left, top = column * pitch + dice.below(pitch - side + 1), row * pitch + dice.below(pitch - side + 1)
        placed.append(Placed(shape, colour, column, row, left, top, side))
    placed.sort(key=lambda p: (p.row, p.column))
    ground = dice.choose(TINTS) if dice.below(3) == 0 else "white"
    return ScenePlan(cells, ground, tuple(placed))


def article(word: str) -> str:
    """Return the article that goes before a word."""
    return "an" if word[0] in "aeiou" else "a"


def _caption(scene: ScenePlan) -> str:
    rows, columns = ROWS[scene.cells], COLUMNS[scene.cells]
    parts = (f"{article(p.colour)} {p.colour} {p.shape} at the {rows[p.row]} {columns[p.column]}" for p in scene.placed)
    return "A picture with " + ", ".join(parts) + "."


def render(scene: ScenePlan) -> Drawn:
    """Draw a scene."""
    canvas = Canvas(scene.ground)
    for p in scene.placed:
        canvas.shape(p.shape, p.colour, p.left, p.top, p.side)
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("scene", canvas.pixels, things, glyphs, _caption(scene), scene, scene.key())
