"""Ask as MMMU does: thirty subjects, most with options, some open, a few with a second picture.

Cambrian shows a model the first picture only; so the second is never needed, and the question says which one is meant.
"""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn, Kind
from benchmarks.mini.questions import scene_choices, scienceqa_image
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.words import Split

_Item = tuple[str, ...]
_ONE_IN = 12
"""One question in twelve has a second picture."""

KIND_OF_SUBJECT: dict[str, Kind] = {
    "Accounting": "chart",
    "Agriculture": "specimen",
    "Architecture_and_Engineering": "scene",
    "Art": "scene",
    "Art_Theory": "scene",
    "Basic_Medical_Science": "specimen",
    "Biology": "specimen",
    "Chemistry": "specimen",
    "Clinical_Medicine": "specimen",
    "Computer_Science": "scene",
    "Design": "scene",
    "Diagnostics_and_Laboratory_Medicine": "specimen",
    "Economics": "chart",
    "Electronics": "scene",
    "Energy_and_Power": "chart",
    "Finance": "chart",
    "Geography": "scene",
    "History": "specimen",
    "Literature": "specimen",
    "Manage": "chart",
    "Marketing": "chart",
    "Materials": "scene",
    "Math": "puzzle",
    "Mechanical_Engineering": "scene",
    "Music": "scene",
    "Pharmacy": "specimen",
    "Physics": "puzzle",
    "Psychology": "specimen",
    "Public_Health": "specimen",
    "Sociology": "specimen",
}
KINDS: tuple[Kind, ...] = ("specimen", "scene", "specimen", "chart", "specimen", "scene", "puzzle")


def _tallest(drawn: Drawn, dice: Dice) -> Iterator[_Item]:
    right = drawn.plan.tallest.colour
    wrong = [bar.colour for bar in drawn.plan.bars if bar.colour != right]
    yield "Which color has the tallest bar?", right, *dice.take(wrong, 2)


def _value(drawn: Drawn, dice: Dice) -> Iterator[_Item]:
    for bar in drawn.plan.bars:
        wrong = dice.take([str(n) for n in range(1, 10) if n != bar.height], 2)
        yield f"What is the value of the {bar.colour} bar?", str(bar.height), *wrong


def _copies(drawn: Drawn, dice: Dice) -> Iterator[_Item]:
    for group in drawn.plan.groups:
        yield f"How many {group.colour} shapes are there?", str(group.count)


def _row_shape(drawn: Drawn, dice: Dice) -> Iterator[_Item]:
    here = {group.shape for group in drawn.plan.groups}
    for group in drawn.plan.groups:
        wrong = dice.take([name for name in scene_choices.SHAPES if name not in here], 2)
        yield f"Which shape is {group.colour}?", group.shape, *wrong


def _on_plan(items: Callable[[Any, Dice], Iterator[_Item]]) -> Callable[[Drawn, Dice], Iterator[_Item]]:
    return lambda drawn, dice: items(drawn.plan, dice)


TYPES: dict[str, dict[str, Callable[[Drawn, Dice], Iterator[_Item]]]] = {
    "scene": {"shape": _on_plan(scene_choices.shape), "color": _on_plan(scene_choices.color)},
    "specimen": {
        "named": _on_plan(scienceqa_image.named),
        "tint": _on_plan(scienceqa_image.tint),
        "family": _on_plan(scienceqa_image.family),
    },
    "chart": {"tallest": _tallest, "value": _value},
    "puzzle": {"copies": _copies, "row shape": _row_shape},
}
"""Kind of picture -> type -> (question, answer, wrong options); an open question has none."""


def ask(
    drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split, subject: str | None = None
) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions of a subject; a row has MMMU's columns but number and pictures.

    Without a subject one is thrown for each question among those that have such pictures.
    """
    types = TYPES[drawn.kind]
    subjects = [name for name, kind in KIND_OF_SUBJECT.items() if kind == drawn.kind]
    for kind, (question, right, *wrong) in ask_in_turn(
        tuple(types), lambda kind: types[kind](drawn, dice), balance, dice, count
    ):
        options, index = balance.place(kind, right, wrong, dice) if wrong else ([], 0)
        two = dice.below(_ONE_IN) == 0
        yield {
            "id": f"validation_{subject or dice.choose(subjects)}_1",
            "question": question,
            "options": str(options),
            "answer": "ABCD"[index] if wrong else right,
            "question_type": "multiple-choice" if wrong else "open",
            "explanation": "",
            "img_type": "['Diagrams']",
            "topic_difficulty": "Easy",
            "subfield": kind,
            "second": two,
        }


def complete(row: dict[str, Any], number: int, image: Any, second: Any) -> dict[str, Any]:
    """Give a row its number within its subject, its pictures, and their marks in the question."""
    pictures = {f"image_{place}": None for place in range(1, 8)}
    pictures["image_1"] = image
    marks = "<image 1>"
    if row["second"]:
        pictures["image_2"] = second
        marks = "<image 1> <image 2> Look at the first image."
    name = row["id"].rsplit("_", 1)[0]
    kept = {column: cell for column, cell in row.items() if column != "second"}
    return {**kept, **pictures, "id": f"{name}_{number}", "question": f"{marks} {row['question']}"}
