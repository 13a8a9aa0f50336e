"""Learn to answer from the words alone, as well as counting allows: a naive Bayes learner without a picture."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log

_OPTION = re.compile(r"^\(?([A-D])[.)] (.+)$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z0-9']+")


@dataclass(frozen=True)
class Asked:
    """Hold one question as words: the question without its options, the options by letter, the answer."""

    question: str
    options: tuple[str, ...]
    answer: str

    @classmethod
    def of(cls, prompt: str, answer: str) -> "Asked":
        """Part a prompt into question and options."""
        options = tuple(found[2] for found in _OPTION.finditer(prompt))
        return cls(_OPTION.sub("", prompt), options, answer)

    @property
    def words(self) -> list[str]:
        """Return words and neighbouring pairs of words."""
        words = _WORD.findall(self.question)
        return [*words, *(f"{a} {b}" for a, b in pairwise(words))]

    @property
    def template(self) -> str:
        """Return the longest words that recur: enough to tell question types apart."""
        return " ".join(word for word in _WORD.findall(self.question)[:3])


@dataclass
class Counts:
    """Count features by class."""

    classes: Counter = field(default_factory=Counter)
    features: dict[str, Counter] = field(default_factory=lambda: defaultdict(Counter))
    vocabulary: set[str] = field(default_factory=set)

    def add(self, label: str, features: Iterable[str]) -> None:
        """Count one example."""
        self.classes[label] += 1
        self.features[label].update(features)
        self.vocabulary.update(features)

    def score(self, label: str, features: Sequence[str]) -> float:
        """Return the logarithm of a class's share and its features', each smoothed by one."""
        seen = self.features[label]
        whole = log(seen.total() + len(self.vocabulary) + 1)
        return log(self.classes[label] + 1) + sum(log(seen[f] + 1) - whole for f in features)


class Learner:
    """Answer with an option by what makes options right, or with a word by what words come with it."""

    def __init__(self, examples: Iterable[Asked]):
        self.answers, self.options = Counts(), Counts()
        for one in examples:
            self.answers.add(one.answer, one.words)
            for letter, option in zip("ABCD", one.options, strict=False):
                self.options.add(str(letter == one.answer), self._cues(one, letter, option))

    @staticmethod
    def _cues(one: Asked, letter: str, option: str) -> list[str]:
        others = [f"beside {other}" for other in one.options if other != option]
        asked = [f"{word} ? {option}" for word in _WORD.findall(one.question)]
        return [letter, option, f"{one.template} ? {option}", f"{letter} of {len(one.options)}", *others, *asked]

    def answer(self, one: Asked) -> str:
        """Return the most likely answer."""
        if one.options:

            def odds(letter: str) -> float:
                cues = self._cues(one, letter, one.options["ABCD".index(letter)])
                return self.options.score("True", cues) - self.options.score("False", cues)

            return max("ABCD"[: len(one.options)], key=odds)
        return max(self.answers.classes, key=lambda label: self.answers.score(label, one.words))
