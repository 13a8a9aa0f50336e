"""Draw a room with depth: three shapes on a floor; what is nearer is larger and lower. Each bears a coloured frame."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES, SIDE, Drawn
from benchmarks.mini.words import Split

FRAMES = ("red", "blue", "green")
LEVELS = ("far", "middle", "near")
SIDES = ("left", "center", "right")
_SIDE_OF, _BOTTOM_OF = (9, 13, 17), (30, 45, 62)
_PITCH, _HORIZON = 21, 22


@dataclass(frozen=True, slots=True)
class Stood:
    """Say which shape stands in which third of the floor (0 left), at which depth (2 nearest), with which frame."""

    shape: str
    colour: str
    frame: str
    column: int
    level: int


@dataclass(frozen=True, slots=True)
class DepthPlan:
    """Hold the three shapes from left to right; not all stand at one depth."""

    stood: tuple[Stood, ...]

    def key(self) -> str:
        """Name the layout whatever the frames."""
        return "depth " + " ".join(f"{s.level}{s.colour} {s.shape}" for s in self.stood)


def plan(dice: Dice, split: Split) -> DepthPlan:
    """Throw three shapes and their depths, three times in four all different."""
    if dice.below(4):
        levels = dice.shuffled((0, 1, 2))
    else:
        twice, once = dice.take((0, 1, 2), 2)
        levels = dice.shuffled((twice, twice, once))
    parts = zip(dice.take(SHAPES, 3), dice.take(COLOURS, 3), dice.shuffled(FRAMES), range(3), levels, strict=True)
    return DepthPlan(tuple(Stood(*part) for part in parts))


def _caption(room: DepthPlan) -> str:
    parts = (f"a {s.colour} {s.shape} {LEVELS[s.level]} at the {SIDES[s.column]}" for s in room.stood)
    return "A room with " + ", ".join(parts) + "."


def render(room: DepthPlan) -> Drawn:
    """Draw a room: white wall, grey floor, each shape in a frame two pixels away."""
    canvas = Canvas()
    canvas.fill("grey", 0, _HORIZON, SIDE, SIDE)
    for s in room.stood:
        side, bottom = _SIDE_OF[s.level], _BOTTOM_OF[s.level]
        left, top = s.column * _PITCH + (_PITCH - side) // 2 + 1, bottom - side
        canvas.shape(s.shape, s.colour, left, top, side, (LEVELS[s.level],))
        canvas.outline(s.frame, left - 2, top - 2, left + side + 2, bottom + 2)
    return Drawn("depth", canvas.pixels, tuple(canvas.things), (), _caption(room), room, room.key())
