"""Ask about signs as TextVQA does: ten answers each, and the strings that a reading machine found.

The machine misreads one character of every string, so its strings help a model that sees and are worth nothing alone.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.sign import SignPlan
from benchmarks.mini.words import LETTERS, Split

KINDS = ("sign",)
AGREEING, ANSWERS = 8, 10
"""Of ten people, eight give the answer and two misread it."""

_Asked = tuple[str, str]


def by_color(plan: SignPlan) -> Iterator[_Asked]:
    """Ask what the sign of a colour says."""
    for sign in plan.signs:
        if not sign.is_number:
            yield f"What does the {sign.colour} sign say?", sign.text


def by_place(plan: SignPlan) -> Iterator[_Asked]:
    """Ask what the sign at a place says."""
    for sign in plan.signs:
        yield f"What is written at the {sign.where}?", sign.text


def number(plan: SignPlan) -> Iterator[_Asked]:
    """Ask for the number on the sign of a colour."""
    for sign in plan.signs:
        if sign.is_number:
            yield f"What number is on the {sign.colour} sign?", sign.text


TYPES: dict[str, Callable[[SignPlan], Iterator[_Asked]]] = {"color": by_color, "place": by_place, "number": number}
"""Type -> questions that signs allow."""


def misread(text: str, shown: Sequence[str], dice: Dice) -> str:
    """Change one character of a string into another of its sort, so that the result is not shown anywhere."""
    while True:
        place = dice.below(len(text))
        other = dice.choose("0123456789" if text[place].isdigit() else LETTERS)
        read = text[:place] + other + text[place + 1 :]
        if read not in shown:
            return read


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has TextVQA's columns but ids and image."""
    shown = [sign.text for sign in drawn.plan.signs]
    tokens = dice.shuffled([misread(text, shown, dice) for text in shown])
    for _, (question, answer) in ask_in_turn(tuple(TYPES), lambda kind: TYPES[kind](drawn.plan), balance, dice, count):
        yield {
            "question": question,
            "question_tokens": question.lower().rstrip("?").split(),
            "answers": [answer] * AGREEING + [misread(answer, shown, dice) for _ in range(ANSWERS - AGREEING)],
            "ocr_tokens": tokens,
            "image_width": 64,
            "image_height": 64,
            "set_name": "val",
        }
