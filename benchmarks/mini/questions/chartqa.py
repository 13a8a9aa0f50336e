"""Ask about a chart as ChartQA does: values, counts, extremes and comparisons."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.chart import ChartPlan
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.words import Split

KINDS = ("chart",)
_Asked = tuple[str, str]  # question, answer


def _value_of_colour(chart: ChartPlan) -> Iterator[_Asked]:
    for bar in chart.bars:
        yield f"What is the value of the {bar.colour} bar?", str(bar.height)


def _value_of_label(chart: ChartPlan) -> Iterator[_Asked]:
    for bar in chart.bars:
        if bar.label:
            yield f"What was the value of {bar.label}?", str(bar.height)


def _how_many(chart: ChartPlan) -> Iterator[_Asked]:
    yield "How many bars are shown in the chart?", str(len(chart.bars))


def _tallest_colour(chart: ChartPlan) -> Iterator[_Asked]:
    yield "Which color has the tallest bar?", chart.tallest.colour


def _tallest_label(chart: ChartPlan) -> Iterator[_Asked]:
    if chart.tallest.label:
        yield "In which category is the bar tallest?", chart.tallest.label


def _taller(chart: ChartPlan) -> Iterator[_Asked]:
    for a in chart.bars:
        for b in chart.bars:
            if a.height != b.height:
                answer = "Yes" if a.height > b.height else "No"
                yield f"Is the {a.colour} bar taller than the {b.colour} bar?", answer


TYPES: dict[str, tuple[str, Callable[[ChartPlan], Iterator[_Asked]]]] = {
    "value of a color": ("human_test", _value_of_colour),
    "value of a label": ("augmented_test", _value_of_label),
    "how many": ("human_test", _how_many),
    "tallest color": ("augmented_test", _tallest_colour),
    "tallest label": ("augmented_test", _tallest_label),
    "taller": ("human_test", _taller),
}
"""Question type -> the half of ChartQA it stands in, questions of the type that a chart allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has ChartQA's columns but the image."""
    for kind, (question, answer) in ask_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][1](drawn.plan), balance, dice, count
    ):
        yield {"type": TYPES[kind][0], "question": question, "answer": answer}
