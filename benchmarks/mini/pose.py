"""Draw poses: three or four figures, each of which can turn or change its look in one way.

Two pictures of a pair differ in one figure's state and in nothing else.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, FIGURES, INK, SIDE, Drawn
from benchmarks.mini.words import Split

STATES: dict[str, tuple[str, ...]] = {
    "arrow": ("up", "left", "down", "right"),
    "cup": ("up", "left", "down", "right"),
    "flag": ("left", "right"),
    "face": ("happy", "sad"),
    "board": ("flat", "upright"),
    "lamp": ("on", "off"),
}
"""Figure -> its states; the four directions follow each other counter-clockwise."""

PLACES = ("top left", "top right", "bottom left", "bottom right")
_LARGE, _HALF, _MARGIN = 21, SIDE // 2, 4


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


_Y, _X = np.mgrid[0:_LARGE, 0:_LARGE]
_ACROSS = np.abs(_X - _LARGE // 2)
_SQUARED = 4 * ((_X - _LARGE // 2) ** 2 + (_Y - _LARGE // 2) ** 2)
_DISK, _INNER = _SQUARED <= _LARGE**2, _SQUARED <= (_LARGE - 6) ** 2


def _face(happy: bool) -> NDArray[np.bool_]:
    eyes = (np.abs(_ACROSS - 4) <= 1) & (np.abs(_Y - 6) <= 1)
    curve = 16 - _ACROSS // 2 if happy else 12 + _ACROSS // 2
    return _DISK & ~eyes & ~((np.abs(_Y - curve) <= 1) & (_ACROSS <= 6))


@cache
def figure(name: str, state: str) -> NDArray[np.bool_]:
    """Return the mask (21, 21) of a figure in a state."""
    turns, half = STATES[name].index(state), _LARGE // 2
    if name == "arrow":
        mask = np.rot90(((_ACROSS <= _Y) & (_Y <= half)) | ((_ACROSS <= 2) & (_Y > half)), turns)
    elif name == "cup":
        mask = np.rot90((_ACROSS >= half - 3) | (_Y >= _LARGE - 4), turns)
    elif name == "flag":
        mask = ((_ACROSS <= 1) | ((_X < half) & (_Y < 10)))[:, :: -1 if turns else 1]
    elif name == "face":
        mask = _face(state == "happy")
    elif name == "board":
        mask = (_X if turns else _Y) % 6 < 3
    else:
        assert name == "lamp", name
        mask = _DISK & ~_INNER if turns else _DISK
    mask = np.ascontiguousarray(mask)
    mask.setflags(write=False)
    return mask


def _caption(pose: PosePlan) -> str:
    return "Figures: " + ", ".join(f"{f.colour} {f.name} {f.state} at the {PLACES[f.place]}" for f in pose.figures) + "."


def render(pose: PosePlan) -> Drawn:
    """Draw poses."""
    canvas = Canvas()
    for f in pose.figures:
        row, column = divmod(f.place, 2)
        left, top = column * _HALF + _MARGIN, row * _HALF + _MARGIN
        right, bottom = left + _LARGE, top + _LARGE
        canvas.pixels[top:bottom, left:right][figure(f.name, f.state)] = INK[f.colour]
        canvas.note(f.name, f.colour, left, top, right, bottom, (f.state,))
    return Drawn("pose", canvas.pixels, tuple(canvas.things), (), _caption(pose), pose, pose.key())
