"""Read an option from its letter or from its text, as ScienceQA and MathVista are read where no judge is asked."""

import re
import string
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_uppercase

from rapidfuzz.distance import Levenshtein

from benchmarks.marking.answer_phrase import after_answer_phrase
from benchmarks.marking.reading import JUDGE, UNPARSED_EMPTY, Reading

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


@lru_cache(maxsize=4096)
def _plain_option(option: str) -> str:
    return option.lower().strip().translate(_WITHOUT_PUNCTUATION).lower().strip()


def letter_before_dot_or_text(answer: str, gold: str, options: Sequence[str]) -> Reading:
    """Take an option whose text the answer is, or the part before the first dot as a letter, as Cambrian does.

    Rule: lower the case; keep what follows the last answer phrase; strip and drop dots at the end. The answer is right
    if it equals the gold option but for ASCII punctuation and the case, or if what stands before its first dot is the
    gold letter and nothing else. So `A. text` and `a` answer A; `(A)` and `A) text` answer nothing.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/scienceqa/scienceqa_test.py.
    """
    text = after_answer_phrase(answer)
    if text is None:
        return UNPARSED_EMPTY
    text = text.rstrip(".")
    plain = text.translate(_WITHOUT_PUNCTUATION).lower().strip()
    letters = ascii_uppercase[: len(options)]
    if plain == _plain_option(options[letters.index(gold)]):
        return Reading(1.0, gold, "option text")
    letter = text.partition(".")[0]
    if len(letter) == 1 and letter.isascii() and letter.upper() in letters:
        return Reading(1.0 if letter.upper() == gold else 0.0, letter.upper(), "letter before a dot")
    for other, option in zip(letters, options, strict=True):
        if plain == _plain_option(option):
            return Reading(0.0, other, "option text")
    return Reading(0.0, None, "letter before a dot")


def letter_alone_or_dotted(answer: str, gold: str, letters: str) -> Reading:
    """Take the whole answer as a letter of either case, or an upper-case letter with a dot at its start.

    Rule: after stripping, the whole answer is the letter; or the first character is an upper-case letter and the second
    a dot. So `A.` and `A. text` answer A; `a. text`, `(A)` and `The answer is A` answer nothing.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/scienceqa/utils.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    whole = len(text) == 1
    if not whole and not (text[0].isupper() and text[1] == "."):
        return Reading(0.0, None, "letter alone")
    letter = text[0].lower().upper()
    if len(letter) != 1 or letter not in letters:
        return Reading(0.0, None, "letter alone" if whole else "letter and dot")
    return Reading(1.0 if letter == gold else 0.0, letter, "letter alone" if whole else "letter and dot")


def letter_alone(answer: str, gold: str, letters: str) -> Reading:
    """Take the whole answer as a letter of either case, and nothing else, as Cambrian does for MathVista.

    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mathvista/mathvista_test.py; its cut at the first dot is for a
    question type that the dataset does not have.
    """
    text = answer.strip().lower().strip()
    if not text:
        return UNPARSED_EMPTY
    letter = text.upper() if len(text) == 1 and text.isascii() else ""
    if not letter or letter not in letters:
        return Reading(0.0, None, "letter alone")
    return Reading(1.0 if letter == gold else 0.0, letter, "letter alone")


_BRACKETED = re.compile(r"\(([a-zA-Z])\)")


def text_on_offer(answer: str, gold: str, options: Sequence[str]) -> Reading:
    """Take an answer that is the text of an option, as lmms-eval does for MathVista before it asks a judge.

    Rule: an answer that is no option's text goes to the judge, so a bare letter does too. A text is then read once more
    as if a judge had extracted it: a bracketed letter in it, `(a)`, counts as that letter; a letter on offer stands for
    its option; any other text for the option at the smallest edit distance, the first of equals. So an option that is
    itself a letter, or holds one in brackets, can be taken for another option. An empty answer, which upstream takes
    for the shortest option, is unparsed here.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mathvista/mathvista_evals.py (`extract_answer`,
    `normalize_extracted_answer`, `safe_equal`) and utils.py (strip).
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    if text not in options:
        return JUDGE
    letters = ascii_uppercase[: len(options)]
    bracketed = _BRACKETED.search(text)
    read = bracketed.group(1).upper() if bracketed else text
    if len(read) == 1 and read in letters:
        place = letters.index(read)
    else:
        distances = [Levenshtein.distance(read, option) for option in options]
        place = distances.index(min(distances))
    right = options[place].strip() == options[letters.index(gold)].strip()
    return Reading(1.0 if right else 0.0, letters[place], "option text")
