"""Ask about a scene as MMBench does: four options, and each question once per rotation of them."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions import scene_choices
from benchmarks.mini.questions.balance import Balance, choices_in_turn
from benchmarks.mini.scene import ScenePlan
from benchmarks.mini.words import Split

KINDS = ("scene",)
LETTERS = "ABCD"

TYPES: dict[str, tuple[str, Callable[[ScenePlan, Dice], Iterator[scene_choices.Item]]]] = {
    "attribute_recognition": ("finegrained_perception (instance-level)", scene_choices.color),
    "object_localization": ("finegrained_perception (instance-level)", scene_choices.place),
    "image_topic": ("coarse_perception", scene_choices.at_place),
    "attribute_comparison": ("finegrained_perception (cross-instance)", scene_choices.shape),
    "spatial_relationship": ("finegrained_perception (cross-instance)", scene_choices.relation),
}
"""Category -> category above it, questions that a scene allows."""


def row(category: str, question: str, options: list[str], index: int) -> dict[str, Any]:
    """Return a row with MMBench's columns but for index and image."""
    return {
        "question": question,
        "hint": "nan",
        "answer": LETTERS[index],
        **dict(zip(LETTERS, options, strict=True)),
        "category": category,
        "L2-category": TYPES[category][0],
        "source": "mini",
        "comment": "nan",
        "split": "dev",
    }


def rotations(first: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row once per rotation of its options, the row itself first."""
    options = [first[letter] for letter in LETTERS]
    for turn in range(len(LETTERS)):
        turned = options[turn:] + options[:turn]
        answer = LETTERS[(LETTERS.index(first["answer"]) - turn) % len(LETTERS)]
        yield {**first, **dict(zip(LETTERS, turned, strict=True)), "answer": answer}


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the categories in turn, each in its first rotation."""
    for chosen in choices_in_turn(tuple(TYPES), lambda kind: TYPES[kind][1](drawn.plan, dice), balance, dice, count):
        yield row(*chosen)
