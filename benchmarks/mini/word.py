"""Draw one word: two letters or two digits, set in a row, on a slope, in colours or far apart."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, GRID, Drawn
from benchmarks.mini.words import LABELS, Split

STYLES = ("plain", "slope", "colors", "wide")


@dataclass(frozen=True, slots=True)
class WordPlan:
    """Hold a word, its style, the cell of its first character and the ink of each."""

    text: str
    style: str
    column: int
    row: int
    inks: tuple[str, ...]

    def key(self) -> str:
        """Name the layout."""
        return f"word {self.style} {self.column}{self.row} {self.text}"


def plan(dice: Dice, split: Split) -> WordPlan:
    """Throw a word of a split; one in three is a number."""
    text = dice.choose(LABELS[split]) if dice.below(3) else str(dice.between(10, 99))
    style = dice.choose(STYLES)
    inks = tuple(dice.take(COLOURS, len(text))) if style == "colors" else ("black",) * len(text)
    return WordPlan(text, style, dice.below(GRID - 3), dice.below(GRID - 1), inks)


def render(plan: WordPlan) -> Drawn:
    """Draw a word."""
    canvas = Canvas()
    step, fall = (2 if plan.style == "wide" else 1), int(plan.style == "slope")
    for place, (character, ink) in enumerate(zip(plan.text, plan.inks, strict=True)):
        canvas.write(character, plan.column + step * place, plan.row + fall * place, ink)
    caption = f"The word {plan.text}."
    return Drawn("word", canvas.pixels, (), tuple(canvas.glyphs), caption, plan, plan.key())
