"""Ask about a scene as SEED-Bench does: four options, types by number."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions import scene_choices
from benchmarks.mini.questions.balance import Balance, choices_in_turn
from benchmarks.mini.scene import ScenePlan
from benchmarks.mini.words import Split

KINDS = ("scene",)

TYPES: dict[str, tuple[int, Callable[[ScenePlan, Dice], Iterator[scene_choices.Item]]]] = {
    "Instance Identity": (2, scene_choices.shape),
    "Instance Attributes": (3, scene_choices.color),
    "Instance Location": (4, scene_choices.place),
    "Instances Counting": (5, scene_choices.count),
    "Spatial Relation": (6, scene_choices.relation),
}
"""Type -> its number, questions that a scene allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has SEED-Bench's columns but ids and image."""
    for kind, question, options, index in choices_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][1](drawn.plan, dice), balance, dice, count
    ):
        choices = dict(zip(("choice_a", "choice_b", "choice_c", "choice_d"), options, strict=True))
        yield {
            "question": question,
            **choices,
            "answer": "ABCD"[index],
            "data_type": "image",
            "question_type_id": TYPES[kind][0],
        }
