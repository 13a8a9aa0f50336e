"""Ask about a scene as CV-Bench 2D does: how many, and where one shape is with respect to another."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import Drawn
from benchmarks.mini.questions.balance import Balance
from benchmarks.mini.scene import Placed, ScenePlan
from benchmarks.mini.words import Split

KINDS = ("scene",)
_COUNTS = ("1", "2", "3", "4")


def _row(task: str, question: str, options: list[str], index: int, target: str, about: list[Placed]) -> dict[str, Any]:
    lettered = "\n".join(f"({letter}) {option}" for letter, option in zip("ABCD", options, strict=False))
    return {
        "type": "2D",
        "task": task,
        "question": question,
        "choices": options,
        "answer": f"({'ABCD'[index]})",
        "prompt": f"{question} Select from the following choices.\n{lettered}",
        "target_class": target,
        "target_size": sum(p.side * p.side for p in about),
        "bbox": [[float(v) for v in (p.left, p.top, p.left + p.side, p.top + p.side)] for p in about],
    }


def _count(scene: ScenePlan, dice: Dice, balance: Balance) -> dict[str, Any] | None:
    classes: dict[str, list[Placed]] = defaultdict(list)
    for p in scene.placed:
        classes[f"{p.shape}{'es' if p.shape.endswith('s') else 's'}"].append(p)
        classes[f"{p.colour} objects"].append(p)
    allowed: dict[str, list[str]] = defaultdict(list)
    for name, members in classes.items():
        allowed[str(len(members))].append(name)
    picked = balance.pick("Count", {count: allowed[count] for count in _COUNTS}, dice)
    if picked is None:
        return None
    right = str(len(classes[picked]))
    options, index = balance.place("Count", right, [count for count in _COUNTS if count != right], dice)
    return _row("Count", f"How many {picked} are in the image?", options, index, picked, classes[picked])


def _relation(scene: ScenePlan, dice: Dice, balance: Balance) -> dict[str, Any] | None:
    count = Counter(p.shape for p in scene.placed)
    unique = [p for p in scene.placed if count[p.shape] == 1]
    allowed: dict[str, list[tuple[Placed, Placed, str, str]]] = defaultdict(list)
    for axis, less, more in (("column", "left", "right"), ("row", "above", "below")):
        for a in unique:
            for b in unique:
                if getattr(a, axis) != getattr(b, axis):
                    right, wrong = (less, more) if getattr(a, axis) < getattr(b, axis) else (more, less)
                    allowed[right].append((a, b, right, wrong))
    picked = balance.pick("Relation", allowed, dice)
    if picked is None:
        return None
    a, b, right, wrong = picked
    options, index = balance.place("Relation", right, [wrong], dice)
    question = (
        f"Considering the relative positions of the {a.shape} and the {b.shape} in the image provided, "
        f"where is the {a.shape} located with respect to the {b.shape}?"
    )
    return _row("Relation", question, options, index, a.shape, [a, b])


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, both tasks in turn; a row has CV-Bench's columns but index and source."""
    makers = dice.shuffled((_count, _relation))
    seen: set[str] = set()
    for turn in range(count):
        row = makers[turn % 2](drawn.plan, dice, balance)
        if row is not None and row["question"] not in seen:
            seen.add(row["question"])
            yield row
