"""Read a choice letter by a ranking of forms: two extractors of lmms-eval.

Where `choice` asks one question of the answer, these ask several and keep the best hit. A letter is upper case unless a
rule says otherwise; no letter found is unparsed and worth 0, as upstream.
"""

import re
from functools import lru_cache

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_TRIMMED = ",.!?;:'\""
_PHRASES = (
    *(f"{the}{what} is" for what in ("answer", "correct answer", "best answer", "correct option", "best option",
                                     "choice", "correct choice") for the in ("the ", "")),
    "i choose", "i select", "i pick", "my answer is", "my choice is",
    "옵션", "정답은", "답은", "답:", "答案是", "答案为", "选", "答えは",
)  # fmt: skip
_IN_ANY_PHRASE = ("r is", "n is", "e is", "i choose", "i select", "i pick", "옵션", "답", "案", "选", "答え")
_FORMS = (("({})", "in brackets"), ("{}.", "before a dot"), ("{}:", "before a colon"), ("{})", "before a bracket"),
          ("{} ", "before a blank"), ("{}", "anywhere"))  # fmt: skip


def _judged(letter: str, gold: str, rule: str) -> Reading:
    return Reading(1.0 if letter == gold else 0.0, letter, rule)


@lru_cache(maxsize=32)
def _forms(letters: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return tuple((rule, tuple((letter, form.format(letter)) for letter in letters)) for form, rule in _FORMS)


def _alone_at_an_end(text: str, letters: str) -> tuple[str, str] | None:
    if text[:1] in letters and not text[1:2].isalpha():
        return text[0], "alone at the start"
    if text[-1:] in letters and not text[-2:-1].isalpha():
        return text[-1], "alone at the end"
    return None


def _after_phrases(text: str, letters: str) -> str | None:
    lowered = text.lower()
    for part in _IN_ANY_PHRASE:
        if part in lowered:
            break
    else:
        return None
    starts = {found + len(phrase) for phrase in _PHRASES if (found := lowered.find(phrase)) != -1}
    places = [place for start in starts for letter in letters if (place := text.find(letter, start)) != -1]
    return text[max(places)] if places else None


def ranked_letter(answer: str, gold: str, letters: str) -> Reading:
    """Take the letter that stands in the most telling form, the last of them where several do.

    Rule: strip blanks, then each of `, . ! ? ; : ' "` in turn at both ends. Forms from the most telling down: at the
    start, not followed by a letter; at the end, not preceded by one; after an answer phrase; `(X)`; `X.`; `X:`; `X)`;
    `X` and a blank; anywhere. After a phrase counts, of the first occurrence of every phrase, the place that is
    farthest to the right among the first places of each letter behind it, be it inside a word: `The answer is
    Brown, not A` answers A. English phrases in any case, some Korean, Chinese and Japanese ones.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/_task_utils/mcq_extract.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    for character in _TRIMMED:
        text = text.strip(character)
    bare = text.strip()
    if not bare:
        return Reading(0.0, None, "no letter")
    at_an_end = _alone_at_an_end(bare, letters)
    if at_an_end is not None:
        return _judged(at_an_end[0], gold, at_an_end[1])
    text = f" {text} "
    after = _after_phrases(text, letters)
    if after is not None:
        return _judged(after, gold, "after a phrase")
    for rule, forms in _forms(letters):
        last = max(((text.rfind(form), letter) for letter, form in forms), default=(-1, ""))
        if last[0] != -1:
            return _judged(last[1], gold, rule)
    return Reading(0.0, None, "no letter")


_FIRST_OF_TWO = tuple(
    (re.compile(pattern, re.IGNORECASE), rule)
    for pattern, rule in (
        (r"\A\s*\(?([AB])\)?\.?\s*\Z", "whole answer"),
        (r"\A\s*\(?([AB])\)?[.\s]", "at the start"),
        (r"answer\s+is\s+\(?([AB])", "answer phrase"),
        (r"option\s+\(?([AB])", "option phrase"),
        (r"([AB])\)?(?:\s|\Z)", "end of a word"),
        (r"\A([AB])", "first character"),
    )
)  # fmt: skip


def first_of_two(answer: str, gold: str) -> Reading:
    """Take A or B, of either case, by the first of six patterns that is met, as lmms-eval does for MMVP.

    Rule: the whole answer, a bracket on either side and a dot allowed; the start, before a dot or a blank; after
    `answer is`; after `option`; the end of any word, so `the panda` answers A; the first character.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmvp/utils.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    for pattern, rule in _FIRST_OF_TWO:
        found = pattern.search(text)
        if found:
            return _judged(found.group(1).upper(), gold, rule)
    return Reading(0.0, None, "no letter")
