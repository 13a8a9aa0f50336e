"""Put things and characters on a 64 x 64 canvas of palette indices, with integers only."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from benchmarks.mini.drawn import CELL, INK, SIDE, Glyph, Thing, stamp

# Rows of Pillow's shipped 6 x 11 bitmap font that hold capitals and digits.
_TOP, _BOTTOM = 2, 10


@cache
def _glyph(character: str) -> NDArray[np.bool_]:
    mask = ImageFont.load_default_imagefont().getmask(character)
    width, height = mask.size
    bitmap = np.array([mask.getpixel((x, y)) for y in range(height) for x in range(width)]).reshape(height, width) > 0
    return bitmap[_TOP:_BOTTOM]


class Canvas:
    """Collect what is drawn: the pixels, the things and the characters."""

    def __init__(self, background: str = "white"):
        self.pixels: NDArray[np.uint8] = np.full((SIDE, SIDE), INK[background], np.uint8)
        self.things: list[Thing] = []
        self.glyphs: list[Glyph] = []

    def shape(self, shape: str, colour: str, left: int, top: int, side: int, facts: tuple[str, ...] = ()) -> None:
        """Stamp a shape or an icon with its upper left corner at (left, top)."""
        self.pixels[top : top + side, left : left + side][stamp(shape, side)] = INK[colour]
        self.things.append(Thing(shape, colour, (left, top, left + side, top + side), facts))

    def outline(self, colour: str, left: int, top: int, right: int, bottom: int) -> None:
        """Draw a rectangle one pixel wide that is no thing of its own."""
        for edge in ((top, top + 1, left, right), (bottom - 1, bottom, left, right)):
            self.pixels[edge[0] : edge[1], edge[2] : edge[3]] = INK[colour]
        self.pixels[top:bottom, left] = self.pixels[top:bottom, right - 1] = INK[colour]

    def fill(self, colour: str, left: int, top: int, right: int, bottom: int) -> None:
        """Fill a rectangle that is no thing of its own: a line, a tick, an arrow head."""
        self.pixels[top:bottom, left:right] = INK[colour]

    def block(self, name: str, colour: str, left: int, top: int, right: int, bottom: int) -> None:
        """Fill a rectangle that is a thing: a bar or a box."""
        self.fill(colour, left, top, right, bottom)
        self.things.append(Thing(name, colour, (left, top, right, bottom)))

    def note(
        self, name: str, colour: str, left: int, top: int, right: int, bottom: int, facts: tuple[str, ...] = ()
    ) -> None:
        """Record a thing that was drawn piece by piece."""
        self.things.append(Thing(name, colour, (left, top, right, bottom), facts))

    def write(self, text: str, column: int, row: int, colour: str = "black") -> None:
        """Write one word, a character a cell, from cell (column, row) to the right."""
        for place, character in enumerate(text, column):
            bitmap = _glyph(character)
            top, left = row * CELL, place * CELL + 1
            self.pixels[top : top + bitmap.shape[0], left : left + bitmap.shape[1]][bitmap] = INK[colour]
            self.glyphs.append(Glyph(character, text, place, row))
