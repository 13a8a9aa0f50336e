"""Ask about a road as RealWorldQA does: the prompt stands in the question, the answer is a letter or a number."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mini.dice import Dice
from benchmarks.mini.drawn import COLOURS, Drawn
from benchmarks.mini.questions.balance import Balance, ask_in_turn
from benchmarks.mini.road import DISTANCES, LANES, LIGHTS, TURNS, RoadPlan
from benchmarks.mini.words import Split

KINDS = ("road",)
_Item = tuple[str, ...]
"""Question, answer, wrong options (none: a word or a number is asked for)."""

LETTER = "Please answer directly with only the letter of the correct option and nothing else."
WORD = "Please answer directly with a single word or number."


def _light(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    yield "What color is the traffic light?", road.light, *(light for light in LIGHTS if light != road.light)


def _turn(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    if road.sign in TURNS:
        yield "Which way does the sign point?", road.sign, *(turn for turn in TURNS if turn != road.sign)


def _lane(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    for car in road.cars:
        yield f"In which lane is the {car.colour} car?", LANES[car.lane], LANES[1 - car.lane]


def _near(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    for car in road.cars:
        yield f"Is the {car.colour} car near or far?", DISTANCES[car.near], DISTANCES[1 - car.near]


def _colour(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    for car in road.cars:
        wrong = dice.take([colour for colour in COLOURS if colour != car.colour], 2)
        yield f"What color is the {DISTANCES[car.near]} car in the {LANES[car.lane]} lane?", car.colour, *wrong


def _count(road: RoadPlan, dice: Dice) -> Iterator[_Item]:
    yield "How many cars are on the road?", str(len(road.cars))


TYPES: dict[str, Callable[[RoadPlan, Dice], Iterator[_Item]]] = {
    "light": _light,
    "turn": _turn,
    "lane": _lane,
    "near": _near,
    "color": _colour,
    "count": _count,
}
"""Type -> questions that a road allows."""


def ask(drawn: Drawn, dice: Dice, balance: Balance, count: int, split: Split) -> Iterator[dict[str, Any]]:
    """Ask up to `count` different questions, the types in turn; a row has RealWorldQA's columns but the image."""
    for kind, (question, right, *wrong) in ask_in_turn(
        tuple(TYPES), lambda kind: TYPES[kind](drawn.plan, dice), balance, dice, count
    ):
        if not wrong:
            yield {"question": f"{question}\n{WORD}", "answer": right}
            continue
        options, index = balance.place(kind, right, wrong, dice)
        listed = "\n".join(f"{letter}. {option}" for letter, option in zip("ABC", options, strict=False))
        yield {"question": f"{question}\n\n{listed}\n{LETTER}", "answer": "ABC"[index]}
