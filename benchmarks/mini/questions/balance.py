"""Keep the answers of each question type even, so that no constant answer is worth much."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from benchmarks.mini.dice import Dice

T = TypeVar("T")


class Balance:
    """Count the answers given so far and pick the rarest one that a picture allows."""

    def __init__(self) -> None:
        self._given: Counter[tuple[str, str]] = Counter()

    def pick(self, kind: str, allowed: Mapping[str, Sequence[T]], dice: Dice) -> T | None:
        """Pick a question of a type among `allowed`, a mapping from answer to questions that have it.

        None if the picture allows none; ties between answers and between questions are thrown.
        """
        answers = [answer for answer in allowed if allowed[answer]]
        if not answers:
            return None
        fewest = min(self._given[kind, answer] for answer in answers)
        answer = dice.choose([answer for answer in answers if self._given[kind, answer] == fewest])
        self._given[kind, answer] += 1
        return dice.choose(allowed[answer])

    def place(self, kind: str, right: str, wrong: Sequence[str], dice: Dice) -> tuple[list[str], int]:
        """Shuffle options so that the right one stands in each place equally often; return them and its index."""
        places = {str(place): [place] for place in range(len(wrong) + 1)}
        index = self.pick(f"{kind}, place of {len(places)}", places, dice)
        assert index is not None
        options = dice.shuffled(wrong)
        options.insert(index, right)
        return options, index
