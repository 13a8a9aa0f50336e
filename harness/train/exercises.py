"""Set what the language model of the miniature is asked in pre-training: letters, captions, then the suite's questions.

Everything is a pure function of lesson and step, so that an interrupted pre-training goes on as if nothing had been.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from numpy.random import Generator

from benchmarks.mini import cells, mixture
from benchmarks.mini.mixture import CAPTION_PROMPT, Composed
from benchmarks.prompting import SHORT_SUFFIX
from harness.data.cells import Cells
from harness.data.conversation import Turn
from harness.data.order import generator
from harness.data.speech import Speech
from harness.train import letters

SEED = 91
PICTURES = 20_000
TURNS = 6
LETTERED = 4
"""Questions on letters behind one picture."""
CAPTION = "caption"
CAPTIONED, WORDED = 0.3, 0.5
"""Parts of the pictures that are described too, and of the choice questions that are asked in words too."""
_OPTION = re.compile(r"\n\(?([A-F])[.)] ([^\n]+)")
_LISTED = re.compile(r"(?: Options:| Select from the following choices\.|\nChoices:)?\n+\(?A[.)] ")


@dataclass(frozen=True, slots=True)
class Exercise:
    """Hold the words of each cell of a symbolic picture, none for text alone, and the turns asked about it."""

    cells: Cells | None
    turns: Sequence[Turn]


@dataclass(frozen=True, slots=True)
class Hint:
    """Point at the token of a question's template after which the options come, and at what could be said there.

    `token` is the first of the right option's text: whoever knows it has only its letter to find.
    """

    place: int
    token: int


@dataclass(frozen=True)
class Exercises:
    """Compose exercises about one stock of pictures."""

    seed: int
    count: int

    @cached_property
    def stock(self) -> Sequence[tuple[Composed, Cells]]:
        """Return the pictures with the words of their cells."""
        return [(one, cells.words(one.drawn)) for one in mixture.compose(self.seed, self.count)]

    def letters(self, step: int, count: int) -> list[Exercise]:
        """Ask for letters of options in text alone."""
        dice = generator(self.seed, "letters", step)
        return [Exercise(None, [letters.ask(dice)]) for _ in range(count)]

    def captions(self, step: int, described: int, lettered: int) -> list[Exercise]:
        """Ask to describe pictures; others stand before questions on letters, so that these are not forgotten."""
        dice = generator(self.seed, "captions", step)
        told = [
            Exercise(held, [Turn(CAPTION_PROMPT, one.drawn.caption, CAPTION)])
            for one, held in self._pick(dice, described)
        ]
        return told + [_lettered(held, dice) for _, held in self._pick(dice, lettered)]

    def questions(self, step: int, asked: int, lettered: int) -> list[Exercise]:
        """Ask up to six of the suite's questions about each picture, some in words too, and now and then a caption."""
        dice = generator(self.seed, "questions", step)
        found = []
        for one, held in self._pick(dice, asked):
            said = [Turn(*turn, tag) for turn, tag in zip(one.turns, one.tags, strict=True)]
            said += [turn for turn in map(in_words, said) if turn is not None and dice.random() < WORDED]
            said += [Turn(CAPTION_PROMPT, one.drawn.caption, CAPTION)] if dice.random() < CAPTIONED else []
            found.append(Exercise(held, [said[number] for number in dice.permutation(len(said))[:TURNS]]))
        return found + [_lettered(held, dice) for _, held in self._pick(dice, lettered)]

    def _pick(self, dice: Generator, count: int) -> list[tuple[Composed, Cells]]:
        return [self.stock[index] for index in dice.integers(len(self.stock), size=count)]


def _lettered(held: Cells, dice: Generator) -> Exercise:
    return Exercise(held, [letters.ask(dice) for _ in range(LETTERED)])


def in_words(turn: Turn) -> Turn | None:
    """Ask a choice question again for the text of its option; None if it has no options."""
    options = dict(_OPTION.findall(turn.question))
    if turn.answer not in options:
        return None
    asked, _, _ = turn.question.rpartition("\n")
    return Turn(f"{asked}\n{SHORT_SUFFIX}", options[turn.answer], turn.tag)


def hint(turn: Turn, speech: Speech) -> Hint | None:
    """Return where a choice question could be answered in words, and how; None if it has no options.

    Whether the answer is due there is not a property of the prompt: nothing is said before the options in a test.
    """
    options, listed = dict(_OPTION.findall(turn.question)), _LISTED.search(turn.question)
    if turn.answer not in options or listed is None:
        return None
    stem = speech.pieces([turn.question[: listed.start()], ""])[0]
    return Hint(len(stem) - 1, speech.answer(options[turn.answer])[0])
