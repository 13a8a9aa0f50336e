"""Hold a drawn picture together with the truth about it: what stands where, which characters, one caption.

Training an encoder needs the truth (captions, object classes, boxes, masks, characters), asking a question needs the
plan.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.mini.figures import FIGURES, figure
from benchmarks.mini.icons import ICONS, icon
from benchmarks.mini.png import encode

SIDE = 64
CELL = 8
GRID = SIDE // CELL

Kind = Literal["scene", "chart", "diagram", "specimen", "puzzle", "form", "sign", "word", "pose", "road", "depth"]

SHAPES = ("circle", "square", "triangle", "diamond", "cross", "ring", "star")
PARTS = ("bar", "box", "sign", "light", "car")
"""Things that fill their box."""
NAMES = (*SHAPES, *ICONS, *FIGURES, *PARTS)
"""Every name that a thing can have."""
COLOURS = ("red", "green", "blue", "yellow", "purple", "orange", "cyan")
TINTS = ("white", "grey", "rose", "mint")
_RGB = {
    "white": (255, 255, 255),
    "grey": (222, 222, 222),
    "rose": (250, 226, 226),
    "mint": (222, 244, 228),
    "black": (0, 0, 0),
    "faint": (190, 190, 190),
    "red": (214, 32, 32),
    "green": (24, 150, 52),
    "blue": (32, 70, 214),
    "yellow": (238, 204, 20),
    "purple": (140, 40, 180),
    "orange": (244, 130, 16),
    "cyan": (20, 190, 214),
}
PALETTE: NDArray[np.uint8] = np.array(list(_RGB.values()), np.uint8)
INK = {name: index for index, name in enumerate(_RGB)}
"""Colour name -> palette index."""


_STAMPED = frozenset((*SHAPES, *ICONS))


@lru_cache(maxsize=256)
def stamp(shape: str, side: int) -> NDArray[np.bool_]:
    """Return the mask (side, side) of a shape by integer arithmetic, in coordinates doubled about the centre."""
    if shape in ICONS:
        return icon(shape, side)
    y, x = np.mgrid[0:side, 0:side]
    across, down = np.abs(2 * x - (side - 1)), np.abs(2 * y - (side - 1))
    squared = across**2 + down**2
    if shape == "circle":
        mask = squared <= side * side
    elif shape == "ring":
        mask = (squared <= side * side) & (4 * squared > side * side)
    elif shape == "square":
        mask = np.ones((side, side), bool)
    elif shape == "triangle":
        mask = across <= y
    elif shape == "diamond":
        mask = across + down <= side - 1
    elif shape == "cross":
        mask = (3 * across <= side) | (3 * down <= side)
    else:
        assert shape == "star", shape
        tall = 3 * (side - 1)
        up = (3 * across <= 4 * y) & (4 * y <= tall)
        mask = up | up[::-1]
    mask.setflags(write=False)
    return mask


@dataclass(frozen=True, slots=True)
class Thing:
    """Describe one coloured thing by one of `NAMES`.

    `box` is (left, top, right, bottom) in pixels, right and bottom exclusive. `facts` are words that tell what its
    name and colour do not: where it points, how near it is.
    """

    shape: str
    colour: str
    box: tuple[int, int, int, int]
    facts: tuple[str, ...] = ()

    def mask(self) -> NDArray[np.bool_]:
        """Return the pixels of the thing, (64, 64); a thing without a stamp or a figure fills its box."""
        left, top, right, bottom = self.box
        whole = np.zeros((SIDE, SIDE), bool)
        part: NDArray[np.bool_] | bool = True
        if self.shape in _STAMPED:
            part = stamp(self.shape, right - left)
        elif self.shape == "light":
            part = stamp("circle", right - left)
        elif self.shape in FIGURES and self.facts:
            part = figure(self.shape, self.facts[0])
        whole[top:bottom, left:right] = part
        return whole


@dataclass(frozen=True, slots=True)
class Glyph:
    """Describe one character, the word that it is part of, and the 8-pixel cell it stands in (column, row from 0)."""

    character: str
    word: str
    column: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Hold one picture: palette indices (64, 64) and the truth. `plan` is what it was drawn from, `key` its layout."""

    kind: Kind
    pixels: NDArray[np.uint8]
    objects: tuple[Thing, ...]
    glyphs: tuple[Glyph, ...]
    caption: str
    plan: Any
    key: str

    def rgb(self) -> NDArray[np.uint8]:
        """Return the picture as (64, 64, 3) RGB bytes."""
        return PALETTE[self.pixels]

    def png(self) -> bytes:
        """Return the encoded picture, the bytes that a dataset stores."""
        return encode(self.pixels, PALETTE)

    @property
    def image(self) -> Image.Image:
        """Return the picture as an RGB image."""
        return Image.fromarray(self.rgb())
