"""Keep the answers of each question type even, so that no constant answer is worth much."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from benchmarks.mini.dice import Dice

T = TypeVar("T")
Item = TypeVar("Item", bound=tuple[str, ...])
ROUNDS = 3
SLACK = 4


class Balance:
    """Count the answers given so far and pick the rarest one that a picture allows.

    An answer that is `SLACK` ahead of the rarest answer of its type is not asked for at all: most pictures allow a
    count of one, few a count of four, and the picture must decide.
    """

    def __init__(self) -> None:
        self._given: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def pick(self, kind: str, allowed: Mapping[str, Sequence[T]], dice: Dice) -> T | None:
        """Pick a question of a type among `allowed`, a mapping from answer to questions that have it.

        None if the picture allows none that is due; ties between answers and between questions are thrown.
        """
        given = self._given[kind]
        answers = [answer for answer in allowed if allowed[answer]]
        if not answers:
            return None
        fewest = min(given[answer] for answer in answers)
        if fewest >= min(given.values(), default=0) + SLACK:
            return None
        answer = dice.choose([answer for answer in answers if given[answer] == fewest])
        given[answer] += 1
        return dice.choose(allowed[answer])

    def place(self, kind: str, right: str, wrong: Sequence[str], dice: Dice) -> tuple[list[str], int]:
        """Shuffle options so that the right one stands in each place equally often; return them and its index."""
        places = {str(place): [place] for place in range(len(wrong) + 1)}
        index = self.pick(f"{kind}, place of {len(places)}", places, dice)
        assert index is not None
        options = dice.shuffled(wrong)
        options.insert(index, right)
        return options, index


def ask_in_turn(
    kinds: Sequence[str], items: Callable[[str], Iterable[Item]], balance: Balance, dice: Dice, count: int
) -> Iterator[tuple[str, Item]]:
    """Pick up to `count` different questions, the types in turn and in random order, for at most three rounds.

    `items(kind)` gives the (question, answer, ...) of a type that a picture allows; a type comes with each pick.
    """
    asked: set[str] = set()
    for kind in dice.shuffled(kinds) * ROUNDS:
        if len(asked) == count:
            return
        allowed: defaultdict[str, list[Item]] = defaultdict(list)
        for item in items(kind):
            if item[0] not in asked:
                allowed[item[1]].append(item)
        picked = balance.pick(kind, allowed, dice)
        if picked is not None:
            asked.add(picked[0])
            yield kind, picked


Chosen = tuple[str, str, list[str], int]
"""Type, question, options, place of the right one."""


def choices_in_turn(
    kinds: Sequence[str], items: Callable[[str], Iterable[tuple[str, ...]]], balance: Balance, dice: Dice, count: int
) -> Iterator[Chosen]:
    """Pick up to `count` choice questions as `ask_in_turn` does, and place their options.

    `items(kind)` gives (question, right option, wrong option, ...).
    """
    for kind, (question, right, *wrong) in ask_in_turn(kinds, items, balance, dice, count):
        options, index = balance.place(kind, right, wrong, dice)
        yield kind, question, options, index
