"""Keep the figures that can turn or change their look in one way, as masks of one size."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

STATES: dict[str, tuple[str, ...]] = {
    "arrow": ("up", "left", "down", "right"),
    "cup": ("up", "left", "down", "right"),
    "flag": ("left", "right"),
    "face": ("happy", "sad"),
    "board": ("flat", "upright"),
    "lamp": ("on", "off"),
}
"""Figure -> its states; the four directions follow each other counter-clockwise."""

FIGURES = tuple(STATES)
LARGE = 21
"""Side of a figure in pixels."""

_Y, _X = np.mgrid[0:LARGE, 0:LARGE]
_ACROSS = np.abs(_X - LARGE // 2)
_SQUARED = 4 * ((_X - LARGE // 2) ** 2 + (_Y - LARGE // 2) ** 2)
_DISK, _INNER = _SQUARED <= LARGE**2, _SQUARED <= (LARGE - 6) ** 2


def _face(happy: bool) -> NDArray[np.bool_]:
    eyes = (np.abs(_ACROSS - 4) <= 1) & (np.abs(_Y - 6) <= 1)
    curve = 16 - _ACROSS // 2 if happy else 12 + _ACROSS // 2
    return _DISK & ~eyes & ~((np.abs(_Y - curve) <= 1) & (_ACROSS <= 6))


@cache
def figure(name: str, state: str) -> NDArray[np.bool_]:
    """Return the mask (21, 21) of a figure in a state."""
    turns, half = STATES[name].index(state), LARGE // 2
    if name == "arrow":
        mask = np.rot90(((_ACROSS <= _Y) & (half >= _Y)) | ((_ACROSS <= 2) & (half < _Y)), turns)
    elif name == "cup":
        mask = np.rot90((half - 3 <= _ACROSS) | (_Y >= LARGE - 4), turns)
    elif name == "flag":
        mask = ((_ACROSS <= 1) | ((half > _X) & (_Y < 10)))[:, :: -1 if turns else 1]
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
