"""Read an option as MMMU's own parser does, but for its random guess."""

from collections.abc import Sequence
from functools import lru_cache
from string import ascii_uppercase
from typing import NamedTuple

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_TRIMMED = ",.!?;:'"
_FEWEST_WORDS = 6
"""An answer of five words or fewer is not searched for the options' texts."""


class _Forms(NamedTuple):
    letter: str
    bracketed: str
    spaced: str
    dotted: str
    alone: str


@lru_cache(maxsize=32)
def _forms(count: int) -> tuple[_Forms, ...]:
    return tuple(_Forms(one, f"({one})", f"{one} ", f"{one}.", f" {one} ") for one in ascii_uppercase[:count])


def last_candidate(answer: str, gold: str, options: Sequence[str]) -> Reading:
    """Take the candidate that occurs last, among the letters in the first form that occurs at all.

    Rule: drop each of `, . ! ? ; : '` in turn at both ends and put a blank at each end. Candidates are the letters that
    occur as `(X)`; failing that as `X` and a blank, so the end of a word counts; failing that as `X.`; failing that,
    in an answer of more than five words, the options whose texts occur, whatever the case. Of several the one whose
    last occurrence is last wins: of `(X)` for bracketed letters, of `X` between blanks for the others (one that never
    stands so is first of all; the first letter wins a tie), of the text for texts. No candidate at all makes upstream
    draw an option at random; here the answer is unparsed.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/_task_utils/mmmu_mcq_utils.py, after
    MMMU-Benchmark/MMMU @ 51ce7f3, eval/eval_utils.py.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    text = answer
    for character in _TRIMMED:
        text = text.strip(character)
    text = f" {text} "
    forms = _forms(len(options))
    rule, places = "bracketed letter", {one.letter: one.bracketed for one in forms if one.bracketed in text}
    if not places:
        rule, places = "letter and blank", {one.letter: one.alone for one in forms if one.spaced in text}
    if not places:
        rule, places = "letter and dot", {one.letter: one.alone for one in forms if one.dotted in text}
    if not places and len(text.split(maxsplit=_FEWEST_WORDS)) >= _FEWEST_WORDS:
        rule, text = "option text", text.lower()
        spoken = {one.letter: option.lower() for one, option in zip(forms, options, strict=True)}
        places = {letter: option for letter, option in spoken.items() if option in text}
    if not places:
        return Reading(0.0, None, "random guess")
    letter = next(iter(places))
    if len(places) > 1:
        last = {candidate: text.rfind(form) for candidate, form in places.items()}
        letter = max(last, key=last.__getitem__)
    return Reading(1.0 if letter == gold else 0.0, letter, rule)
