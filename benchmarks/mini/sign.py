"""Draw signs: two or three coloured strips one below the other, each with a short word or number under it."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import CELL, COLOURS, GRID, Drawn
from benchmarks.mini.scene import article
from benchmarks.mini.words import LABELS, Split

_ROWS = (0, 3, 6)
_PLACES = ("top", "middle", "bottom")
_WIDE = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """Describe one sign; `text` is two letters or two digits, `place` counts from the top."""

    colour: str
    text: str
    place: int
    column: int

    @property
    def is_number(self) -> bool:
        """Tell whether the sign shows a number."""
        return self.text.isdigit()

    @property
    def where(self) -> str:
        """Return the word for the sign's place."""
        return _PLACES[self.place]


@dataclass(frozen=True, slots=True)
class SignPlan:
    """Hold the signs from top to bottom."""

    signs: tuple[Sign, ...]

    def key(self) -> str:
        """Name the layout whatever the labels."""
        return "sign " + " ".join(
            f"{s.place}{s.column}{s.colour} {s.text if s.is_number else 'label'}" for s in self.signs
        )


def plan(dice: Dice, split: Split) -> SignPlan:
    """Throw signs with the labels of a split; one in three shows a number."""
    count = dice.between(2, 3)
    labels, numbers = dice.take(LABELS[split], count), dice.take(range(10, 100), count)
    texts = [label if dice.below(3) else str(number) for label, number in zip(labels, numbers, strict=True)]
    places = sorted(dice.take(range(len(_ROWS)), count))
    columns = [dice.below(GRID - _WIDE + 1) for _ in places]
    return SignPlan(tuple(Sign(*sign) for sign in zip(dice.take(COLOURS, count), texts, places, columns, strict=True)))


def _caption(plan: SignPlan) -> str:
    return (
        "Signs: "
        + ", ".join(f"{article(s.colour)} {s.colour} sign {s.text} at the {s.where}" for s in plan.signs)
        + "."
    )


def render(plan: SignPlan) -> Drawn:
    """Draw signs: a strip of one cell's height over its text."""
    canvas = Canvas()
    for sign in plan.signs:
        left, top = sign.column * CELL, _ROWS[sign.place] * CELL
        canvas.block("sign", sign.colour, left, top, left + _WIDE * CELL, top + CELL)
        canvas.write(sign.text, sign.column, _ROWS[sign.place] + 1)
    return Drawn("sign", canvas.pixels, tuple(canvas.things), tuple(canvas.glyphs), _caption(plan), plan, plan.key())
