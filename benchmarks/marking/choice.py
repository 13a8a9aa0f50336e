"""Read a choice letter out of free text: one function per upstream extractor.

Each takes the answer, the gold letter and the letters (or options) on offer. A letter that is not on offer is
unparsed and worth 0, as upstream; so is an answer that upstream would hand to a judge model.
"""

import re
from collections.abc import Sequence
from string import ascii_uppercase

from benchmarks.marking.normalise import lowered_without_punctuation
from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_PHRASES = ("answer is", "answer is:", "answer:")


def _judged(letter: str, gold: str, letters: str, rule: str) -> Reading:
    if len(letter) == 1 and letter in letters:
        return Reading(1.0 if letter == gold else 0.0, letter, rule)
    return Reading(0.0, None, rule)


def _after_phrase(answer: str) -> str:
    text = answer.strip().lower().strip()
    for phrase in _PHRASES:
        text = text.rpartition(phrase)[2]
    return text.strip()


def first_character(answer: str, gold: str, letters: str, trimmed: str = ".:,") -> Reading:
    """Take the first character after the last answer phrase, as Cambrian does.

    Rule: lower the case; for each of `answer is`, `answer is:`, `answer:` in turn keep what follows its last
    occurrence; strip; drop any of `trimmed` at the end, `(` at the start, `)` at the end; the first character is the
    answer. So `Because ...` answers B, and `answer is: b` answers nothing, since the colon is left in front.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/ai2d/ai2d_test.py; coco/coco_test.py and ade/ade_test.py trim
    only the dot at the end.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    text = _after_phrase(answer).rstrip(trimmed).lstrip("(").rstrip(")")
    return _judged(text[:1].upper() if text[:1].isascii() else "", gold, letters, "first character")


def first_character_or_index(answer: str, gold: str, letters: str) -> Reading:
    """Take the first character, where a digit counts as the index of an option, as Cambrian does for AI2D.

    Rule: `first_character`; the letters a to d are turned into 0 to 3 and compared with the gold index, so a bare `2`
    is taken for option C.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/ai2d/ai2d_test.py.
    """
    reading = first_character(answer, gold, letters + "0123456789")
    if reading.extracted is not None and reading.extracted.isdigit():
        index = int(reading.extracted)
        return _judged(letters[index : index + 1], gold, letters, "first character as index")
    return reading


def first_character_or_text(answer: str, gold: str, options: Sequence[str]) -> Reading:
    """Take the first character, which may also be the whole text of the gold option, as Cambrian does for CV-Bench 3D.

    Rule: `first_character`; a character that is no gold letter is right too if it equals the gold option, which is not
    lowered: for options `7` and `8`, a bare `8` is right where B is.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/omni/omni_test.py.
    """
    letters = ascii_uppercase[: len(options)]
    reading = first_character(answer, gold, letters)
    if reading.value == 1.0 or reading.rule != "first character":
        return reading
    text = _after_phrase(answer).rstrip(".:,").lstrip("(").rstrip(")")
    if text[:1] and gold in letters and text[:1] == options[letters.index(gold)]:
        return Reading(1.0, gold, "first character as text")
    return reading


def whole_or_text(answer: str, gold: str, texts: Sequence[str]) -> Reading:
    """Compare all that follows the last answer phrase with the gold letter and the gold option's text.

    Rule: cut and trimmed as by `first_character` but kept whole; right iff it is the gold letter or, whatever the case,
    the gold option's text. `B. Closed` is neither. `texts` are the options as the harness cuts them.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmvp/mmvp_test.py.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    text = _after_phrase(answer).rstrip(".:,").lstrip("(").rstrip(")")
    if text == gold.lower():
        return Reading(1.0, gold, "whole answer")
    met = [letter for letter, option in zip(ascii_uppercase, texts, strict=False) if text == option.lower()]
    if met:
        return Reading(1.0, gold, "option text") if gold in met else Reading(0.0, met[0], "option text")
    return _judged(text.upper() if text.isascii() else "", gold, ascii_uppercase[: len(texts)], "whole answer")


def first_word(answer: str, gold: str) -> Reading:
    """Compare the first word after the last answer phrase with the gold, whatever the case.

    Rule: cut as by `first_character`; dots are dropped at the end of the whole text, not of the word, so `A. Left`
    answers `a.`, and a gold of two words is never met. Nothing after the phrase crashes upstream and is unparsed here.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/realworldqa/realworldqa_test.py.
    """
    words = _after_phrase(answer).rstrip(".").split(maxsplit=1)
    if not words:
        return UNPARSED_EMPTY if not answer.strip() else Reading(0.0, None, "nothing after the phrase")
    return Reading(1.0 if words[0] == gold.lower() else 0.0, words[0], "first word")


_DOTTED = re.compile(r"\s*([A-Z])\.")


def dotted_letter(answer: str, gold: str, letters: str) -> Reading:
    """Take a letter before a dot at the start, else the whole answer, as lmms-eval does for AI2D.

    Rule: `X.` at the start gives X; otherwise the answer without ASCII punctuation, whatever the case, must be the
    letter. So `A. text`, `(a)` and `a` answer A; `A) text`, `A text` and `The answer is A` answer nothing.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/ai2d/utils.py (the filter) and ai2d.yaml (`exact_match`).
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    dotted = _DOTTED.match(answer)
    if dotted:
        return _judged(dotted.group(1), gold, letters, "letter and dot")
    whole = lowered_without_punctuation(answer)
    return _judged(whole.upper() if whole.isascii() else "", gold, letters, "whole answer")


_LEADING = re.compile(r"[(\s]*([A-Z])", re.IGNORECASE)


def leading_letter(answer: str, gold: str, letters: str) -> Reading:
    """Take the first letter at the start, as lmms-eval does for CV-Bench.

    Rule: after opening brackets and blanks, one letter of either case; nothing must follow it, so `Because` answers B.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/cv_bench/utils.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    leading = _LEADING.match(text)
    return _judged(leading.group(1).upper() if leading else "", gold, letters, "leading letter")


_REFUSALS = (
    "Sorry, I can't help with images of people yet.",
    "I can't process this file.",
    "I'm sorry, but without the image provided",
    "Cannot determine the answer",
)
_API_FAILURE = "Failed to obtain answer via API"
_SHORTEST_SENTENCE = min(map(len, (*_REFUSALS, _API_FAILURE)))
_AS_BLANKS = str.maketrans(dict.fromkeys(".()[],:;!*#{}", " "))
_ANSWER_IS = re.compile(r"answer\s+is\s+\**([ABCD])", re.IGNORECASE)
_IN_EVERY_PHRASE = "wer"
"""Three letters that every spelling of `answer` has in lower case; `s` may also be U+017F, which has none."""


def inferred_option(answer: str, gold: str, options: Sequence[str]) -> Reading:
    """Infer the option from a lone letter near the end, a phrase or an option's text, as VLMEvalKit's rules do.

    Rule, first hit wins: (1) a known refusal answers Z; (2) with the characters `.()[],:;!*#{}` read as blanks,
    exactly one option letter occurs as a word and its first occurrence is among the last four words; (3) no option
    letter but a lone word `Z` answers Z; (4) `answer is X` for X in A to D, whatever the case; (5) unless the answer,
    outer blanks and all, is longer than twice all options together, the one option whose text it contains, whatever
    the case; (6) else upstream asks a judge model, here the answer is unparsed. Z is a parsed answer worth 0.
    Source: open-compass/VLMEvalKit @ e8e78f0, vlmeval/utils/matching_util.py (`can_infer`).
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    letters, spoken = ascii_uppercase[: len(options)], answer.lower()
    wordy = len(answer) >= _SHORTEST_SENTENCE
    if not (wordy and _API_FAILURE in answer):
        if wordy:
            for refusal in _REFUSALS:
                if refusal in answer:
                    return Reading(0.0, "Z", "refusal")
        words = answer.translate(_AS_BLANKS).split()
        found = [letter for letter in letters if letter in answer and letter in words]
        if len(found) == 1 and words.index(found[0]) > len(words) - 5:
            return _judged(found[0], gold, letters, "lone letter")
        if not found and "Z" in words:
            return Reading(0.0, "Z", "refusal")
        phrase = _ANSWER_IS.search(answer) if _IN_EVERY_PHRASE in spoken else None
        if phrase and phrase.group(1).upper() in letters:
            return _judged(phrase.group(1).upper(), gold, letters, "answer phrase")
    if len(spoken) <= 2 * sum(map(len, options)):
        contained = [letter for letter, option in zip(letters, options, strict=True) if option.lower() in spoken]
        if len(contained) == 1:
            return _judged(contained[0], gold, letters, "option text")
    return Reading(0.0, None, "judge")
