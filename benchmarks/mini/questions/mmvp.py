"""Ask about poses as MMVP does: one question about two pictures that differ in one fact, with opposite answers."""

from collections.abc import Iterator
from typing import Any

from benchmarks.mini import pose
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.figures import STATES
from benchmarks.mini.questions.balance import Balance
from benchmarks.mini.words import Split

KINDS = ("pose",)

QUESTIONS = {
    "arrow": "Which way does the arrow point?",
    "cup": "To which side is the cup open?",
    "flag": "To which side does the flag fly?",
    "face": "How does the face look?",
    "board": "How do the lines on the board run?",
    "lamp": "Is the lamp on or off?",
}


def _row(figure: pose.Figure, dice: Dice, balance: Balance) -> tuple[dict[str, Any], str]:
    """Ask about a figure's state; return the row for the picture that it stands in, and the other state."""
    other = dice.choose([state for state in STATES[figure.name] if state != figure.state])
    options, place = balance.place(figure.name, figure.state, [other], dice)
    row = {
        "question": QUESTIONS[figure.name],
        "options": f"(a) {options[0]} (b) {options[1]}",
        "answer": ("(a)", "(b)")[place],
    }
    return row, other


def pair(drawn: Drawn, dice: Dice, balance: Balance, name: str) -> tuple[dict[str, Any], dict[str, Any], Drawn] | None:
    """Ask about one figure, if it is there; return the rows of both pictures and the second picture."""
    for index, figure in enumerate(drawn.plan.figures):
        if figure.name == name:
            row, other = _row(figure, dice, balance)
            opposite = {**row, "answer": "(b)" if row["answer"] == "(a)" else "(a)"}
            return row, opposite, pose.render(drawn.plan.changed(index, other))
    return None


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions about one picture; a row has the question, both options and the answer."""
    figures = drawn.plan.figures
    for figure in dice.take(figures, min(count, len(figures))):
        yield _row(figure, dice, balance)[0]
