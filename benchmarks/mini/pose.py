"""Draw poses: three or four figures, each of which can turn or change its look in one way.

Two pictures of a pair differ in one figure's state and in nothing else.
"""

from dataclasses import dataclass, replace

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, INK, SIDE, Drawn
from benchmarks.mini.figures import FIGURES, LARGE, STATES, figure
from benchmarks.mini.words import Split

PLACES = ("top left", "top right", "bottom left", "bottom right")
_HALF, _MARGIN = SIDE // 2, 4


@dataclass(frozen=True, slots=True)
class Figure:
    """Describe one figure; `place` counts the quarters of the picture in reading order."""

    name: str
    colour: str
    state: str
    place: int


@dataclass(frozen=True, slots=True)
class PosePlan:
    """Hold the figures, no two of a name, in reading order."""

    figures: tuple[Figure, ...]

    def key(self) -> str:
        """Name the layout whatever the states, so that both pictures of a pair stand on one side."""
        return "pose " + " ".join(f"{f.place}{f.colour} {f.name}" for f in self.figures)

    def changed(self, index: int, state: str) -> "PosePlan":
        """Return the plan with one figure in another state."""
        figures = list(self.figures)
        figures[index] = replace(figures[index], state=state)
        return PosePlan(tuple(figures))


def plan(dice: Dice, split: Split) -> PosePlan:
    """Throw three or four figures in quarters of the picture."""
    count = dice.between(3, 4)
    names, colours = dice.take(FIGURES, count), dice.take(COLOURS, count)
    places = sorted(dice.take(range(len(PLACES)), count))
    states = [dice.choose(STATES[name]) for name in names]
    return PosePlan(tuple(Figure(*figure) for figure in zip(names, colours, states, places, strict=True)))


def _caption(pose: PosePlan) -> str:
    return (
        "Figures: " + ", ".join(f"{f.colour} {f.name} {f.state} at the {PLACES[f.place]}" for f in pose.figures) + "."
    )


def render(pose: PosePlan) -> Drawn:
    """Draw poses."""
    canvas = Canvas()
    for f in pose.figures:
        row, column = divmod(f.place, 2)
        left, top = column * _HALF + _MARGIN, row * _HALF + _MARGIN
        right, bottom = left + LARGE, top + LARGE
        canvas.pixels[top:bottom, left:right][figure(f.name, f.state)] = INK[f.colour]
        canvas.note(f.name, f.colour, left, top, right, bottom, (f.state,))
    return Drawn("pose", canvas.pixels, tuple(canvas.things), (), _caption(pose), pose, pose.key())
