"""Write SVG by hand: few shapes, colours by class, so that one style sheet makes them light, dark or printed.

Equal input gives equal bytes: no clock, no random identifier, and coordinates of at most two decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from harness.report import escapes

LETTER = 0.58
TEXT_PX = 13
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
MARKERS = 8
ALIKE = 1e-5


def number(value: float) -> str:
    """Write a coordinate."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value else "0"


def short(value: float, digits: int) -> str:
    """Write a number for people: a true minus, and none before what rounds to nothing."""
    written = f"{value:.{digits}f}"
    return (written if written.strip("-0.") else written.lstrip("-")).replace("-", "−")


def element(name: str, *inside: str, **attributes: str | float) -> str:
    """Write an element; an attribute's underscore is a hyphen, and a trailing one is dropped (`class_`)."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if isinstance(value, int | float) else value}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def text(x: float, y: float, words: str, anchor: str = "start", class_: str = "", turn: float = 0.0) -> str:
    """Write words; `turn` is in degrees about their anchor."""
    extra: dict[str, str | float] = {"class_": class_} if class_ else {}
    if turn:
        extra["transform"] = f"rotate({number(turn)} {number(x)} {number(y)})"
    return element("text", escapes.html(words), x=x, y=y, text_anchor=anchor, **extra)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """Draw a line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def box(x: float, y: float, width: float, height: float, class_: str, round_: float = 0.0) -> str:
    """Draw a filled rectangle."""
    return element("rect", x=x, y=y, width=max(width, 0.0), height=height, class_=class_, rx=round_)


def path(points: Sequence[tuple[float, float]], class_: str, close: bool = False) -> str:
    """Draw straight lines through points."""
    drawn = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + ("Z" if close else "")
    return element("path", d=drawn, class_=class_)


def marker(x: float, y: float, place: int, size: float = 6.0) -> str:
    """Draw the mark of the pool's encoder at `place`: a shape and a colour of its own, for who sees no colours."""
    s, colour = size, f"e{place % MARKERS}"
    corners = {
        1: ((-s, -s), (s, -s), (s, s), (-s, s)),
        2: ((0, -1.25 * s), (1.2 * s, s), (-1.2 * s, s)),
        3: ((0, -1.4 * s), (1.4 * s, 0), (0, 1.4 * s), (-1.4 * s, 0)),
        4: ((-1.2 * s, -s), (1.2 * s, -s), (0, 1.25 * s)),
        5: ((-1.4 * s, -0.6 * s), (1.4 * s, -0.6 * s), (1.4 * s, 0.6 * s), (-1.4 * s, 0.6 * s)),
        6: ((-0.6 * s, -1.4 * s), (0.6 * s, -1.4 * s), (0.6 * s, 1.4 * s), (-0.6 * s, 1.4 * s)),
        7: ((-s, -s), (0, -0.3 * s), (s, -s), (s, s), (0, 0.3 * s), (-s, s)),
    }.get(place % MARKERS)
    if corners is None:
        return element("circle", cx=x, cy=y, r=1.1 * s, class_=f"mark {colour}")
    return path([(x + dx, y + dy) for dx, dy in corners], f"mark {colour}", close=True)


def drawing(name: str, width: float, height: float, title: str, description: str, *parts: str) -> str:
    """Wrap parts into one figure; `name` makes its identifiers, so it is unique in a page."""
    return element(
        "svg",
        element("title", escapes.html(title), id=f"{name}-title"),
        element("desc", escapes.html(description), id=f"{name}-text"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{name}-title {name}-text",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
    )


def wide(words: str, px: float = TEXT_PX) -> float:
    """Estimate how wide words are, in pixels."""
    return LETTER * px * len(words)


@dataclass(frozen=True, slots=True)
class Scale:
    """Map numbers from low to high onto pixels from start to end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Return round numbers inside the scale, about `most` at most, each as it is written."""
        step = _step((self.high - self.low) / most)
        digits = next(digits for digits in range(9) if abs(round(step, digits) - step) < 1e-9 * step)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [(step * place, short(step * place, digits)) for place in range(first, last + 1)]


def scale(values: Sequence[float], start: float, end: float, zero: bool = False) -> Scale:
    """Make a scale that holds all values, and zero where it is asked for, with a little air."""
    known = [*values, 0.0] if zero else list(values)
    low, high = min(known), max(known)
    air = 0.06 * (high - low) if high - low > ALIKE else 0.5
    # Where zero is the end, it stays the end: bars begin there.
    return Scale(low if zero and low == 0 else low - air, high if zero and high == 0 else high + air, start, end)


def _step(rough: float) -> float:
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Move labels that would overlap apart, as little as their order allows."""
    order = sorted(range(len(places)), key=lambda place: places[place])
    moved = list(places)
    for _ in range(100):
        still = True
        for one, two in pairwise(order):
            if (lack := gap - (moved[two] - moved[one])) > 0.01:
                moved[one] -= lack / 2
                moved[two] += lack / 2
                still = False
        if still:
            break
    return moved
