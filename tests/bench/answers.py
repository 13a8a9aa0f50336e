"""Make answers as models give them, many of them different: what the bench of the marks reads.

Every set is drawn from a seed. The words are made up of syllables, so that no cache of a rule meets many of them twice.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.card import Picture, Sample

COUNT, DISTINCT = 80_000, 50_000
QUESTIONS = 5_000
"""As many as TextVQA and DocVQA ask; each is answered by a dozen models."""

_SYLLABLES = tuple(f"{consonant}{vowel}" for consonant in "bdfgklmnprstvwz" for vowel in "aio")
_PICTURE = Picture.of(b"")

Asked = list[tuple[Sample, str]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Write words, numbers and sentences from one source of chance."""

    chance: random.Random

    def word(self) -> str:
        """Give a word of one to four syllables."""
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(1, 4)))

    def phrase(self, longest: int) -> str:
        """Give one to `longest` words."""
        return " ".join(self.word() for _ in range(self.chance.randint(1, longest)))

    def number(self) -> str:
        """Give a number as charts have them: a year, a share, a count, a price."""
        pattern = self.chance.choice(("{:.0f}", "{:.1f}", "{:.2f}", "{:.2f}%", "{:,.0f}", "${:.2f}", "{:.3f}"))
        return pattern.format(self.chance.uniform(0, 10 ** self.chance.randint(2, 8)))

    def slip(self, text: str) -> str:
        """Give the text as a reader with weak eyes copies it."""
        letters = list(text)
        for _ in range(self.chance.randint(1, 3)):
            letters[self.chance.randrange(len(letters))] = self.chance.choice("abcdehilnorstu .,-'1057")
        return "".join(letters)

    def said(self, text: str) -> str:
        """Give the text bare, in other case, with a dot, in quotation marks or in a sentence."""
        patterns = ("{}", "{}", "{}", "{}.", "The {}", "the answer is {}.", "It is {}", '"{}"', "{}, I think", "{}'s")
        shown = self.chance.choice(patterns).format(text)
        return self.chance.choice((shown, shown, shown.upper(), shown.capitalize()))


def sample(name: int, answers: tuple[str, ...], choices: tuple[str, ...] = (), **meta: str) -> Sample:
    """Give a question of which only the golds and the options matter."""
    return Sample(str(name), "?", (_PICTURE,), choices, answers, "", "", "", meta)


def _letters(write: Writer, name: int) -> tuple[Sample, str]:
    options = tuple(write.phrase(3) for _ in range(4))
    place = write.chance.randrange(4)
    patterns = (
        "{1}",
        "{0}. {1}",
        "({0}) {1}",
        "The answer is {0}: {1}",
        "I see {1}, so {0}",
        "{0}) {1}",
        "Answer: {0} {1}",
    )
    return sample(name, ("ABCD"[place],), options), write.chance.choice(patterns).format("ABCD"[place], options[place])


def _words(write: Writer, name: int) -> tuple[Sample, str]:
    gold = write.phrase(2)
    return sample(name, (gold,)), write.said(write.chance.choice((gold, write.phrase(3))))


def _numbers(write: Writer, name: int) -> tuple[Sample, str]:
    gold = write.number() if write.chance.random() < 0.8 else write.phrase(2)
    return sample(name, (gold,)), write.chance.choice((gold, write.number(), write.number(), write.said(gold)))


def _ten(write: Writer, name: int) -> Sample:
    known = [write.phrase(3) for _ in range(write.chance.randint(1, 5))]
    return sample(name, tuple(write.said(write.chance.choice(known)) for _ in range(10)))


def _spans(write: Writer, name: int) -> Sample:
    return sample(name, tuple(write.said(write.phrase(5)) for _ in range(write.chance.randint(1, 3))))


def _near(write: Writer, asked: Sample) -> tuple[Sample, str]:
    gold = write.chance.choice(asked.answers)
    return asked, write.chance.choice((gold, write.slip(gold), write.said(gold), write.phrase(5), write.phrase(8)))


def _drawn(seed: int, one: Callable[[Writer, int], tuple[Sample, str]]) -> Asked:
    write = Writer(random.Random(seed))
    asked = [one(write, name) for name in range(COUNT)]
    # Bare letters and lone golds repeat in truth too, but most of a set must be new to every cache.
    assert len({answer for _, answer in asked}) >= DISTINCT
    return asked


def letters() -> Asked:
    """Ask for one of four options, each question once."""
    return _drawn(1, _letters)


def words() -> Asked:
    """Ask for a word, each question once."""
    return _drawn(2, _words)


def numbers() -> Asked:
    """Ask for a number, each question once."""
    return _drawn(3, _numbers)


def of_ten() -> Asked:
    """Ask what ten people answered, each question of a dozen models."""
    write = Writer(random.Random(4))
    known = [_ten(write, name) for name in range(QUESTIONS)]
    return _drawn(5, lambda writer, name: _near(writer, known[name % QUESTIONS]))


def of_ten_once() -> Asked:
    """Ask what ten people answered, each question once: nothing is known of any gold."""
    return _drawn(6, lambda writer, name: _near(writer, _ten(writer, name)))


def spans() -> Asked:
    """Ask for a span of a document, each question once."""
    return _drawn(7, lambda writer, name: _near(writer, _spans(writer, name)))
