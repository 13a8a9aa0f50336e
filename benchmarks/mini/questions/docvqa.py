"""Ask about a form as DocVQA does: short strings that stand in it."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.form import FormPlan
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.words import Split

KINDS = ("form",)
_Asked = tuple[str, str]


def value(form: FormPlan) -> Iterator[_Asked]:
    """Ask for the value of a field."""
    for line in form.lines:
        yield f"What is the {line.field}?", line.value


def field(form: FormPlan) -> Iterator[_Asked]:
    """Ask for the field of a value."""
    for line in form.lines:
        yield f"Which field has the value {line.value}?", line.field


def name(form: FormPlan) -> Iterator[_Asked]:
    """Ask for the name at the top."""
    yield "What is the name at the top of the form?", form.name


TYPES: dict[str, tuple[str, Callable[[FormPlan], Iterator[_Asked]]]] = {
    "value": ("form", value),
    "second value": ("form", value),
    "field": ("table/list", field),
    "name": ("layout", name),
}
"""Type -> DocVQA's question type, questions that a form allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has DocVQA's columns but ids and image."""
    for kind, (question, answer) in ask_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][1](drawn.plan), balance, dice, count
    ):
        yield {"question": question, "question_types": [TYPES[kind][0]], "answers": [answer], "data_split": "val"}
