"""Draw a form: a two-letter name on a coloured strip, and under it lines of a field and its value."""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import CELL, COLOURS, GRID, SIDE, Drawn
from benchmarks.mini.words import LABELS, Split

FIELDS = ("AGE", "BOX", "DAY", "FEE", "KEY", "NET", "SUM", "TAX", "ZIP")
"""Fields of three letters; no two begin alike."""

_NAME_COLUMN, _VALUE_COLUMN, _FIRST_ROW = 1, 5, 2


@dataclass(frozen=True, slots=True)
class Line:
    """Describe one line: a field and its value of two digits or two letters."""

    field: str
    value: str

    @property
    def is_number(self) -> bool:
        """Tell whether the value is a number."""
        return self.value.isdigit()


@dataclass(frozen=True, slots=True)
class FormPlan:
    """Hold a form: its name, the colour of its strip, its lines from top to bottom."""

    name: str
    colour: str
    lines: tuple[Line, ...]

    def key(self) -> str:
        """Name the layout whatever the labels."""
        lines = " ".join(f"{line.field} {line.value if line.is_number else 'label'}" for line in self.lines)
        return f"form {self.colour} {lines}"


def plan(dice: Dice, split: Split) -> FormPlan:
    """Throw a form of three to five lines with the labels of a split; no value stands twice."""
    count = dice.between(3, 5)
    name, *labels = dice.take(LABELS[split], 1 + count)
    numbers = dice.take(range(10, 100), count)
    values = [str(number) if dice.below(2) else label for number, label in zip(numbers, labels, strict=True)]
    lines = tuple(Line(*line) for line in zip(dice.take(FIELDS, count), values, strict=True))
    return FormPlan(name, dice.choose(COLOURS), lines)


def _caption(form: FormPlan) -> str:
    return f"A {form.colour} form {form.name}: " + ", ".join(f"{line.field} {line.value}" for line in form.lines) + "."


def render(form: FormPlan) -> Drawn:
    """Draw a form: the strip is to the right of the name, a faint line runs under each line."""
    canvas = Canvas()
    canvas.write(form.name, _NAME_COLUMN, 0)
    canvas.block("box", form.colour, 4 * CELL, 1, SIDE - CELL, CELL - 1)
    for row, line in enumerate(form.lines, _FIRST_ROW):
        canvas.write(line.field, _NAME_COLUMN, row)
        canvas.write(line.value, _VALUE_COLUMN, row)
    canvas.outline("faint", 1, CELL + 3, SIDE - 1, min(_FIRST_ROW + len(form.lines) + 1, GRID) * CELL - 1)
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("form", canvas.pixels, things, glyphs, _caption(form), form, form.key())
