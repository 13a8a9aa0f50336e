"""Ask about a puzzle as MathVista does: ready prompts, options or whole numbers."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import SHAPES, Drawn
from benchmarks.mini.puzzle import MOST, PuzzlePlan
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.questions.scene_choices import plural
from benchmarks.mini.words import Split

KINDS = ("puzzle",)
_Item = tuple[str, ...]
"""Question, answer, wrong options (none: a whole number is asked for)."""

HINTS = {
    "multi_choice": "Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end.",
    "free_form": "Please answer the question requiring an integer answer and provide the final value, e.g., 1, 2, 3, "
    "at the end.",
}
"""Opening of MathVista's ready prompts (lupantech/MathVista, evaluation/build_query.py)."""


def _result(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    yield "What number does the question mark stand for?", str(puzzle.result)


def _choose_result(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    right = str(puzzle.result)
    wrong = dice.take([str(n) for n in range(1, 10) if n != puzzle.result], 3)
    yield "Which number does the question mark stand for?", right, *wrong


def _count(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    for group in puzzle.groups:
        yield f"How many {plural(group.shape)} are there?", str(group.count)


def _choose_count(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    for group in puzzle.groups:
        wrong = dice.take([str(n) for n in range(1, MOST + 1) if n != group.count], 3)
        yield f"What is the number of {plural(group.shape)}?", str(group.count), *wrong


def _more(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    few, many = sorted(puzzle.groups, key=lambda group: group.count)
    for word, right, wrong in (("most", many, few), ("fewest", few, many)):
        yield f"Which shape has the {word} copies?", right.shape, wrong.shape


def _shape(puzzle: PuzzlePlan, dice: Dice) -> Iterator[_Item]:
    for group in puzzle.groups:
        others = [name for name in SHAPES if name not in {g.shape for g in puzzle.groups}]
        yield f"Which shape is {group.colour}?", group.shape, *dice.take(others, 3)


TYPES: dict[str, tuple[str, str, Callable[[PuzzlePlan, Dice], Iterator[_Item]]]] = {
    "result": ("math word problem", "arithmetic reasoning", _result),
    "choose result": ("math word problem", "arithmetic reasoning", _choose_result),
    "count": ("figure question answering", "numeric commonsense", _count),
    "choose count": ("figure question answering", "numeric commonsense", _choose_count),
    "more": ("visual question answering", "statistical reasoning", _more),
    "shape": ("geometry problem solving", "geometry reasoning", _shape),
}
"""Type -> task, skill, questions that a puzzle allows."""


def query(question: str, options: list[str]) -> str:
    """Return the ready prompt."""
    if not options:
        return f"Hint: {HINTS['free_form']}\nQuestion: {question}"
    listed = "\n".join(f"({letter}) {option}" for letter, option in zip("ABCD", options, strict=False))
    return f"Hint: {HINTS['multi_choice']}\nQuestion: {question}\nChoices:\n{listed}"


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has MathVista's columns but id and image."""
    for kind, (question, right, *wrong) in ask_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][2](drawn.plan, dice), balance, dice, count
    ):
        task, skill, _ = TYPES[kind]
        options = balance.place(kind, right, wrong, dice)[0] if wrong else []
        yield {
            "question": question,
            "choices": options or None,
            "unit": None,
            "precision": None,
            "answer": right,
            "question_type": "multi_choice" if options else "free_form",
            "answer_type": "text" if options else "integer",
            "metadata": {
                "category": "math-targeted-vqa",
                "context": "synthetic scene",
                "grade": "elementary school",
                "img_height": 64,
                "img_width": 64,
                "language": "english",
                "skills": [skill],
                "source": "mini",
                "split": "testmini",
                "task": task,
            },
            "query": query(question, options),
        }
