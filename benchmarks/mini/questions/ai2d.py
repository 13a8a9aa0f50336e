"""Ask about a diagram as AI2D does: four options, one of them right, the answer given as its index."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.diagram import DiagramPlan
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.balance import Balance
from benchmarks.mini.words import LABELS, Split

KINDS = ("diagram",)
_Asked = tuple[str, str, list[str]]  # question, right option, wrong options


def _foil(diagram: DiagramPlan, dice: Dice, split: Split) -> str:
    shown = {box.label for box in diagram.boxes}
    return dice.choose([label for label in LABELS[split] if label not in shown])


def _arrow_end(diagram: DiagramPlan, dice: Dice, split: Split, tail: int) -> list[_Asked]:
    """Ask for the other end of an arrow at boxes with exactly one; `tail` says which end the question names."""
    degree = Counter(arrow[tail] for arrow in diagram.arrows)
    labels = [box.label for box in diagram.boxes]
    asked = []
    for arrow in diagram.arrows:
        named, right = labels[arrow[tail]], labels[arrow[1 - tail]]
        if degree[arrow[tail]] != 1:
            continue
        wrong = [label for label in labels if label not in (named, right)]
        question = (
            f"Which label does the arrow from {named} point to?"
            if tail == 0
            else f"From which label does the arrow that points to {named} start?"
        )
        asked.append((question, right, [*wrong, _foil(diagram, dice, split)]))
    return asked


def _target(diagram: DiagramPlan, dice: Dice, split: Split) -> list[_Asked]:
    return _arrow_end(diagram, dice, split, tail=0)


def _origin(diagram: DiagramPlan, dice: Dice, split: Split) -> list[_Asked]:
    return _arrow_end(diagram, dice, split, tail=1)


def _label_of_colour(diagram: DiagramPlan, dice: Dice, split: Split) -> list[_Asked]:
    labels = [box.label for box in diagram.boxes]
    return [
        (f"Which label is under the {box.colour} box?", box.label, [label for label in labels if label != box.label])
        for box in diagram.boxes
    ]


def _colour_of_label(diagram: DiagramPlan, dice: Dice, split: Split) -> list[_Asked]:
    colours = [box.colour for box in diagram.boxes]
    return [
        (f"What is the color of the box labeled {box.label}?", box.colour, [c for c in colours if c != box.colour])
        for box in diagram.boxes
    ]


TYPES: dict[str, Callable[[DiagramPlan, Dice, Split], list[_Asked]]] = {
    "arrow target": _target,
    "arrow origin": _origin,
    "label of a color": _label_of_colour,
    "color of a label": _colour_of_label,
}


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has AI2D's columns but the image."""
    makers = dice.shuffled(tuple(TYPES))
    asked: set[str] = set()
    for turn in range(3 * count):
        kind = makers[turn % len(makers)]
        fresh = [item for item in TYPES[kind](drawn.plan, dice, split) if item[0] not in asked]
        if fresh:
            question, right, wrong = dice.choose(fresh)
            options, index = balance.place(kind, right, wrong, dice)
            asked.add(question)
            yield {"question": question, "options": options, "answer": str(index)}
        if len(asked) == count:
            return
