"""Ask about specimens as ScienceQA does: two to four options, the answer as the index of one."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, Drawn
from benchmarks.mini.icons import FAMILIES, FAMILY, ICONS
from benchmarks.mini.questions.balance import Balance, choices_in_turn
from benchmarks.mini.specimen import SpecimenPlan
from benchmarks.mini.words import Split

KINDS = ("specimen",)
_Item = tuple[str, ...]


def _others(names: tuple[str, ...], right: str, count: int, dice: Dice) -> list[str]:
    return dice.take([name for name in names if name != right], count)


def named(specimen: SpecimenPlan, dice: Dice) -> Iterator[_Item]:
    """Ask what the thing of a colour is."""
    count = Counter(p.colour for p in specimen.placed)
    for p in specimen.placed:
        if count[p.colour] == 1:
            yield f"What is the {p.colour} thing?", p.shape, *_others(ICONS, p.shape, 2, dice)


def family(specimen: SpecimenPlan, dice: Dice) -> Iterator[_Item]:
    """Ask whether the thing of a colour is an animal, a plant or a tool."""
    count = Counter(p.colour for p in specimen.placed)
    for p in specimen.placed:
        if count[p.colour] == 1:
            right = FAMILY[p.shape]
            yield f"Which kind of thing is {p.colour}?", right, *(name for name in FAMILIES if name != right)


def common(specimen: SpecimenPlan, dice: Dice) -> Iterator[_Item]:
    """Ask for the property that all things have in common: a colour or a name."""
    colours, shapes = {p.colour for p in specimen.placed}, {p.shape for p in specimen.placed}
    if len(colours) == 1:
        (colour,) = colours
        yield "Which color do these things have in common?", colour, *_others(COLOURS, colour, 2, dice)
    elif len(shapes) == 1:
        (shape,) = shapes
        yield "Which name do these things have in common?", shape, *_others(ICONS, shape, 2, dice)


def present(specimen: SpecimenPlan, dice: Dice) -> Iterator[_Item]:
    """Ask which of three things is shown."""
    here = {p.shape for p in specimen.placed}
    absent = [name for name in ICONS if name not in here]
    for shape in sorted(here):
        yield "Which of these things is shown?", shape, *dice.take(absent, 2)


def tint(specimen: SpecimenPlan, dice: Dice) -> Iterator[_Item]:
    """Ask for the colour of a thing."""
    count = Counter(p.shape for p in specimen.placed)
    for p in specimen.placed:
        if count[p.shape] == 1:
            yield f"What color is the {p.shape}?", p.colour, *_others(COLOURS, p.colour, 2, dice)


TYPES: dict[str, tuple[str, str, Callable[[SpecimenPlan, Dice], Iterator[_Item]]]] = {
    "named": ("biology", "Identify things", named),
    "family": ("biology", "Classify things", family),
    "common": ("physics", "Compare properties of objects", common),
    "present": ("biology", "Recognize things", present),
}
"""Type -> topic, skill, questions that specimens allow."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has ScienceQA's columns but the image."""
    for kind, question, options, index in choices_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind][2](drawn.plan, dice), balance, dice, count
    ):
        topic, skill, _ = TYPES[kind]
        yield {
            "question": question,
            "choices": options,
            "answer": index,
            "hint": "",
            "task": "closed choice",
            "grade": "grade2",
            "subject": "natural science",
            "topic": topic,
            "category": skill,
            "skill": skill,
            "lecture": "",
            "solution": "",
        }
