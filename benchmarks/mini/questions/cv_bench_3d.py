"""Ask about a room as CV-Bench 3D does: which of two is nearer to the camera, which of two is nearer to a third."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.depth import DepthPlan, Stood
from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.balance import Balance, choices_in_turn
from benchmarks.mini.words import Split

KINDS = ("depth",)


def _framed(s: Stood) -> str:
    return f"{s.shape} (highlighted by a {s.frame} box)"


def _depth(room: DepthPlan, dice: Dice) -> Iterator[tuple[str, ...]]:
    for a in room.stood:
        for b in room.stood:
            if a.level != b.level:
                near, far = (a, b) if a.level > b.level else (b, a)
                yield (
                    f"Which object is closer to the camera taking this photo, the {_framed(a)} or the {_framed(b)}?",
                    near.shape,
                    far.shape,
                )


def _distance(room: DepthPlan, dice: Dice) -> Iterator[tuple[str, ...]]:
    """Ask only where one of two is not farther across, not farther in depth, and nearer in one of them."""
    for a in room.stood:
        b, c = dice.shuffled([s for s in room.stood if s != a])
        (across_b, deep_b), (across_c, deep_c) = ((abs(a.column - s.column), abs(a.level - s.level)) for s in (b, c))
        if (across_b, deep_b) == (across_c, deep_c) or (across_b - across_c) * (deep_b - deep_c) < 0:
            continue
        near, far = (b, c) if (across_b, deep_b) < (across_c, deep_c) else (c, b)
        yield (
            f"Which object is closer to the {_framed(a)}, the {_framed(b)} or the {_framed(c)}?",
            near.shape,
            far.shape,
        )


TYPES: dict[str, Callable[[DepthPlan, Dice], Iterator[tuple[str, ...]]]] = {"Depth": _depth, "Distance": _distance}
"""Task -> questions that a room allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the tasks in turn; a row has CV-Bench's columns but index and source."""
    for task, question, options, index in choices_in_turn(
        tuple(TYPES), lambda task: TYPES[task](drawn.plan, dice), balance, dice, count
    ):
        lettered = "\n".join(f"({letter}) {option}" for letter, option in zip("AB", options, strict=True))
        boxes = {thing.shape: [float(v) for v in thing.box] for thing in drawn.objects}
        yield {
            "type": "3D",
            "task": task,
            "question": question,
            "choices": options,
            "answer": f"({'AB'[index]})",
            "prompt": f"{question} Select from the following choices.\n{lettered}",
            "target_class": options[index],
            "target_size": 0,
            "bbox": [boxes[option] for option in options],
        }
