"""Ask about a scene as GQA does, in single words: attributes, existence, relations, choices."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, Drawn
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.scene import Placed, ScenePlan
from benchmarks.mini.words import Split

KINDS = ("scene",)
_Asked = tuple[str, str, str]  # question, answer, full answer


def _unique(scene: ScenePlan, attribute: str) -> list[Placed]:
    count = Counter(getattr(p, attribute) for p in scene.placed)
    return [p for p in scene.placed if count[getattr(p, attribute)] == 1]


def _color(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for p in _unique(scene, "shape"):
        yield f"What color is the {p.shape}?", p.colour, f"The {p.shape} is {p.colour}."


def _shape(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for p in _unique(scene, "colour"):
        yield f"What shape is the {p.colour} object?", p.shape, f"The {p.colour} object is a {p.shape}."


def _exist(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    here = {(p.colour, p.shape) for p in scene.placed}
    for colour in sorted({p.colour for p in scene.placed}):
        for shape in sorted({p.shape for p in scene.placed}):
            question = f"Is there a {colour} {shape} in the picture?"
            if (colour, shape) in here:
                yield question, "yes", f"Yes, there is a {colour} {shape}."
            else:
                yield question, "no", f"No, there is no {colour} {shape}."


def _pairs(scene: ScenePlan, axis: str) -> Iterator[tuple[Placed, Placed]]:
    unique = _unique(scene, "shape")
    for a in unique:
        for b in unique:
            if getattr(a, axis) != getattr(b, axis):
                yield a, b


def _verify_relation(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for axis, less, more in (("column", "to the left of", "to the right of"), ("row", "above", "below")):
        for a, b in _pairs(scene, axis):
            before = getattr(a, axis) < getattr(b, axis)
            for word, holds in ((less, before), (more, not before)):
                answer, negation = ("yes", "is") if holds else ("no", "is not")
                full = f"{answer.capitalize()}, the {a.shape} {negation} {word} the {b.shape}."
                yield f"Is the {a.shape} {word} the {b.shape}?", answer, full


def _choose_side(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for a, b in _pairs(scene, "column"):
        answer = "left" if a.column < b.column else "right"
        question = f"Is the {a.shape} to the left or to the right of the {b.shape}?"
        yield question, answer, f"The {a.shape} is to the {answer} of the {b.shape}."


def _choose_height(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for a, b in _pairs(scene, "row"):
        answer = "above" if a.row < b.row else "below"
        yield f"Is the {a.shape} above or below the {b.shape}?", answer, f"The {a.shape} is {answer} the {b.shape}."


def _choose_color(scene: ScenePlan, dice: Dice) -> Iterator[_Asked]:
    for p in _unique(scene, "shape"):
        other = dice.choose([colour for colour in COLOURS if colour != p.colour])
        first, second = dice.shuffled((p.colour, other))
        yield f"Is the {p.shape} {first} or {second}?", p.colour, f"The {p.shape} is {p.colour}."


TYPES: dict[str, tuple[str, str, Callable[[ScenePlan, Dice], Iterator[_Asked]]]] = {
    "colorQuery": ("query", "attr", _color),
    "shapeQuery": ("query", "attr", _shape),
    "existVerify": ("verify", "obj", _exist),
    "relVerify": ("verify", "rel", _verify_relation),
    "sideChoose": ("choose", "rel", _choose_side),
    "heightChoose": ("choose", "rel", _choose_height),
    "colorChoose": ("choose", "attr", _choose_color),
}
"""Detailed type -> structural type, semantic type, questions of the type that a scene allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has GQA's columns but for the ids."""
    for detailed, item in ask_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][2](drawn.plan, dice), balance, dice, count
    ):
        structural, semantic, _ = TYPES[detailed]
        question, answer, full = item
        yield {
            "question": question,
            "answer": answer,
            "fullAnswer": full,
            "isBalanced": True,
            "types": {"structural": structural, "semantic": semantic, "detailed": detailed},
        }
