"""Draw a bar chart: bars of different colours, heights from one to nine, faint lines to read them by.

With labels there are three or four bars, each over two cells with a two-letter label under it; without labels there are
three to six bars of one cell, so that a label is never a single letter and training and test labels stay apart.
"""

from dataclasses import dataclass

from benchmarks.mini.canvas import Canvas
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import CELL, COLOURS, GRID, SIDE, Drawn
from benchmarks.mini.words import LABELS, Split

STEP = 6
"""Pixels a unit of height; nine units and the row of labels fill the canvas but for two pixels."""

_BASE = SIDE - CELL


@dataclass(frozen=True, slots=True)
class Bar:
    """Describe one bar; `label` is empty in a chart without labels. It covers `width` cells from `column`."""

    colour: str
    height: int
    label: str
    column: int
    width: int


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """Hold a chart, bars from left to right; one bar is taller than all others."""

    bars: tuple[Bar, ...]

    @property
    def tallest(self) -> Bar:
        """Return the tallest bar."""
        return max(self.bars, key=lambda bar: bar.height)

    def key(self) -> str:
        """Name the layout whatever the labels."""
        return "chart " + " ".join(f"{bar.column}{bar.colour} {bar.height}" for bar in self.bars)


def _heights(dice: Dice, count: int) -> list[int]:
    """Throw even heights until one bar is taller than all others."""
    while True:
        heights = [dice.between(1, 9) for _ in range(count)]
        if heights.count(max(heights)) == 1:
            return heights


def plan(dice: Dice, split: Split) -> ChartPlan:
    """Throw a chart with the labels of a split."""
    if dice.below(2):
        count = dice.between(3, 4)
        labels, width = dice.take(LABELS[split], count), 2
        columns = sorted(2 * place for place in dice.take(range(GRID // 2), count))
    else:
        count = dice.choose((3, 4, 5, 5, 6, 6))
        labels, width = [""] * count, 1
        columns = sorted(dice.take(range(GRID), count))
    colours = dice.take(COLOURS, count)
    heights = _heights(dice, count)
    bars = zip(colours, heights, labels, columns, strict=True)
    return ChartPlan(tuple(Bar(colour, height, label, column, width) for colour, height, label, column in bars))


def _caption(chart: ChartPlan) -> str:
    bars = ", ".join(f"{' '.join(filter(None, (bar.colour, bar.label)))} {bar.height}" for bar in chart.bars)
    return f"A chart with {len(chart.bars)} bars: {bars}."


def render(chart: ChartPlan) -> Drawn:
    """Draw a chart."""
    canvas = Canvas()
    for unit in range(1, 10):
        canvas.fill("faint", 0, _BASE - unit * STEP, SIDE, _BASE - unit * STEP + 1)
    for bar in chart.bars:
        left, right = bar.column * CELL + 1, (bar.column + bar.width) * CELL - 1
        canvas.block("bar", bar.colour, left, _BASE - bar.height * STEP, right, _BASE)
        canvas.write(bar.label, bar.column, GRID - 1)
    canvas.fill("black", 0, _BASE, SIDE, _BASE + 1)
    things, glyphs = tuple(canvas.things), tuple(canvas.glyphs)
    return Drawn("chart", canvas.pixels, things, glyphs, _caption(chart), chart, chart.key())
