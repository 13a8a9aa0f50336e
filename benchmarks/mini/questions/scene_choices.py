"""Offer choice questions about a scene: what, of which colour, how many, where, and where relative to what."""

from collections import Counter
from collections.abc import Iterator

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES
from benchmarks.mini.scene import Placed, ScenePlan

Item = tuple[str, ...]
"""Question, right option, wrong options."""

PLACES = ("top left", "top right", "bottom left", "bottom right")
_COUNTS = ("1", "2", "3", "4")


def plural(shape: str) -> str:
    """Return the plural of a shape's name."""
    return f"{shape}es" if shape.endswith("s") else f"{shape}s"


def unique(scene: ScenePlan, attribute: str) -> list[Placed]:
    """Return the shapes that have an attribute of their own."""
    count = Counter(getattr(p, attribute) for p in scene.placed)
    return [p for p in scene.placed if count[getattr(p, attribute)] == 1]


def place_of(p: Placed, cells: int) -> str | None:
    """Return the quarter of the picture that a shape stands in; None on a middle row or column."""
    if cells % 2 and cells // 2 in (p.row, p.column):
        return None
    return PLACES[2 * (2 * p.row >= cells) + (2 * p.column >= cells)]


def color(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask for the colour of a shape."""
    for p in unique(scene, "shape"):
        wrong = dice.take([colour for colour in COLOURS if colour != p.colour], 3)
        yield f"What color is the {p.shape}?", p.colour, *wrong


def shape(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask which shape has a colour."""
    for p in unique(scene, "colour"):
        wrong = dice.take([name for name in SHAPES if name != p.shape], 3)
        yield f"What shape is the {p.colour} object?", p.shape, *wrong


def count(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask how many there are of a shape."""
    for name, number in Counter(p.shape for p in scene.placed).items():
        if number <= len(_COUNTS):
            yield f"How many {plural(name)} are there?", str(number), *(c for c in _COUNTS if c != str(number))


def place(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask in which quarter a shape stands."""
    for p in unique(scene, "shape"):
        where = place_of(p, scene.cells)
        if where is not None:
            yield f"Where is the {p.shape}?", where, *(other for other in PLACES if other != where)


def at_place(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask which shape stands in a quarter that holds one."""
    held = Counter(place_of(p, scene.cells) for p in scene.placed)
    for p in scene.placed:
        where = place_of(p, scene.cells)
        if where is not None and held[where] == 1:
            wrong = dice.take([name for name in SHAPES if name != p.shape], 3)
            yield f"Which shape is at the {where}?", p.shape, *wrong


def relation(scene: ScenePlan, dice: Dice) -> Iterator[Item]:
    """Ask on which side of another a shape stands, if only one side can be meant."""
    sides = ("left", "right", "above", "below")
    alone = unique(scene, "shape")
    for a in alone:
        for b in alone:
            if (a.row == b.row) != (a.column == b.column):
                side = sides[2 * (a.column == b.column) + (a.row > b.row or a.column > b.column)]
                wrong = (other for other in sides if other != side)
                yield f"Where is the {a.shape} relative to the {b.shape}?", side, *wrong
