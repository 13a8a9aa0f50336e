"""Ask as MME does: two questions a picture, answered by yes or no, one of each, in the ten perception tasks."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, SHAPES, Drawn, Kind
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.questions.scene_choices import PLACES, place_of, plural, unique
from benchmarks.mini.scene import article
from benchmarks.mini.words import Split

_Pair = tuple[str, str, str]
"""Question to which yes is right, what is balanced, question to which no is right."""

SUFFIX = "Please answer yes or no."
_SCENES: dict[Kind, str] = {
    "scene": "shapes",
    "chart": "a chart",
    "road": "a road",
    "form": "a form",
    "depth": "a room",
}


def _existence(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    here = {(p.colour, p.shape) for p in drawn.plan.placed}
    for p in drawn.plan.placed:
        absent = [c for c in COLOURS if (c, p.shape) not in here]
        shown = [c for c in absent if any(c == colour for colour, _ in here)]
        other = dice.choose(shown if shown and dice.below(2) else absent)
        yes, no = (f"Is there {article(c)} {c} {p.shape} in this image?" for c in (p.colour, other))
        yield yes, "", no


def _count(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    for shape, number in Counter(p.shape for p in drawn.plan.placed).items():
        for other in range(1, 5):
            if other != number <= 4:
                yes, no = (f"Is there a total of {n} {plural(shape)} in this image?" for n in (number, other))
                yield yes, f"{number}, not {other}", no


def _position(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    alone = unique(drawn.plan, "shape")
    for axis, words in (("column", ("on the left of", "on the right of")), ("row", ("above", "below"))):
        for a in alone:
            for b in alone:
                if getattr(a, axis) != getattr(b, axis):
                    right, wrong = words if getattr(a, axis) < getattr(b, axis) else words[::-1]
                    yes, no = (f"Is the {a.shape} {word} the {b.shape} in this image?" for word in (right, wrong))
                    yield yes, right, no


def _color(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    for p in unique(drawn.plan, "shape"):
        other = dice.choose([c for c in COLOURS if c != p.colour])
        yes, no = (f"Is the {p.shape} {c} in this image?" for c in (p.colour, other))
        yield yes, p.colour, no


def _posters(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    here = {p.colour for p in drawn.plan.placed}
    absent = [c for c in COLOURS if c not in here]
    for colour in sorted(here):
        yes, no = (f"Is anything in this poster {c}?" for c in (colour, dice.choose(absent)))
        yield yes, colour, no


def _celebrity(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    labels = [box.label for box in drawn.plan.boxes]
    for box in drawn.plan.boxes:
        other = dice.choose([label for label in labels if label != box.label])
        yes, no = (f"Is the {box.colour} box in this image named {label}?" for label in (box.label, other))
        yield yes, box.colour, no


def _scene(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    shown = _SCENES[drawn.kind]
    for other in _SCENES.values():
        if other != shown:
            yes, no = (f"Is this an image of {name}?" for name in (shown, other))
            yield yes, "", no


def _landmark(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    for p in unique(drawn.plan, "shape"):
        where = place_of(p, drawn.plan.cells)
        if where is not None:
            other = dice.choose([place for place in PLACES if place != where])
            yes, no = (f"Does the {p.shape} stand at the {place} of this image?" for place in (where, other))
            yield yes, where, no


def _artwork(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    here = {p.shape for p in drawn.plan.placed}
    absent = [shape for shape in SHAPES if shape not in here]
    for shape in sorted(here):
        yes, no = (f"Does this artwork show a {s}?" for s in (shape, dice.choose(absent)))
        yield yes, shape, no


def _ocr(drawn: Drawn, dice: Dice) -> Iterator[_Pair]:
    for sign in drawn.plan.signs:
        other = dice.choose([s.text for s in drawn.plan.signs if s.text != sign.text])
        yes, no = (f"Does the {sign.colour} sign in this image say {text}?" for text in (sign.text, other))
        yield yes, "", no


TASKS: dict[str, tuple[tuple[Kind, ...], Callable[[Drawn, Dice], Iterator[_Pair]]]] = {
    "existence": (("scene",), _existence),
    "count": (("scene",), _count),
    "position": (("scene",), _position),
    "color": (("scene",), _color),
    "posters": (("scene",), _posters),
    "celebrity": (("diagram",), _celebrity),
    "scene": (tuple(_SCENES), _scene),
    "landmark": (("scene",), _landmark),
    "artwork": (("scene",), _artwork),
    "OCR": (("sign",), _ocr),
}
"""Task -> kinds of pictures, pairs of questions that a picture allows."""

_MOSTLY: tuple[Kind, ...] = ("scene",)
KINDS: tuple[Kind, ...] = (*_MOSTLY * 6, "diagram", "sign", "chart", "road", "form", "depth")


def pairs(
    drawn: Drawn, dice: Dice, balance: Balance, count: int, tasks: tuple[str, ...] = tuple(TASKS)
) -> Iterator[tuple[str, str, str]]:
    """Yield up to `count` (task, question with yes, question with no), the tasks in turn."""
    allowed = [task for task in tasks if drawn.kind in TASKS[task][0]]
    for task, (yes, _, no) in ask_in_turn(allowed, lambda t: TASKS[t][1](drawn, dice), balance, dice, count):
        yield task, f"{yes} {SUFFIX}", f"{no} {SUFFIX}"


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` questions, one of each pair; a row has MME's columns but id and image."""
    for task, yes, no in pairs(drawn, dice, balance, count):
        answer = balance.pick(f"{task}, half", {"Yes": ["Yes"], "No": ["No"]}, dice)
        assert answer is not None
        yield {"question": yes if answer == "Yes" else no, "answer": answer, "category": task}
