"""Read a choice letter by MMBench's own rules, as lmms-eval keeps them."""

from functools import lru_cache
from string import ascii_uppercase

from benchmarks.marking.ranked_choice import ranked_letter
from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_ASKED, _READ = "ABCD", "ABCDE"
_ABSENT = "nan"
_API_FAILURE = "Failed to obtain answer via API"
_AROUND = (
    ("", "."), ("", ","), ("", ":"), ("", ")"), ("", ")."), ("(", ")"), ("(", ")."),
    (":", ""), (":", ","), (":", "."), (":", ")"), (":", ")."),
)  # fmt: skip
_FORMS = {before + letter + after: (rank, letter) for rank, (before, after) in enumerate(_AROUND) for letter in _READ}
_WORDS_WITH_AN_ARTICLE = 3


def _lone_letter(answer: str) -> tuple[str, str] | None:
    words = answer.split()
    different = set(words)
    bare = [letter for letter in _READ if letter in different]
    if len(bare) == 1 and not (bare == ["A"] and len(words) > _WORDS_WITH_AN_ARTICLE):
        return bare[0], "lone letter"
    dressed = [_FORMS[word] for word in different if word in _FORMS]
    if len(dressed) > 1:
        ranks = [rank for rank, _ in dressed]
        dressed = sorted(form for form in dressed if ranks.count(form[0]) == 1)
    return (dressed[0][1], "lone dressed letter") if dressed else None


@lru_cache(maxsize=4096)
def _lowered(options: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    absent = (_ABSENT,) * (len(_ASKED) - len(options))
    return tuple((letter, text.lower()) for letter, text in zip(_ASKED, (*options, *absent), strict=True))


def _contained(answer: str, options: tuple[str, ...]) -> str | None:
    spoken = answer.lower()
    held = [letter for letter, text in _lowered(options) if text in spoken]
    return held[0] if len(held) == 1 else None


def lone_option(answer: str, gold: str, options: tuple[str, ...]) -> Reading:
    """Take a lone letter, else the only option whose text occurs, else the most telling letter.

    Rule, first hit wins: (1) exactly one of A to E is a word between blanks, but not A among more than three words;
    (2) of the forms `X.` `X,` `X:` `X)` `X).` `(X)` `(X).` `:X` `:X,` `:X.` `:X)` `:X).`, in that order, the first in
    which exactly one letter is a word; (3) the one option whose text the answer holds, whatever the case, where C and D
    of a question without them are `nan`, which `banana` holds; (4) `ranked_letter` over A to D. A letter that is not on
    offer, E among them, is unparsed.
    (1) to (3) are the rules before the judge of the task mmbench_en_dev, which then asks GPT-4o and at last draws a
    letter at random; (4) is what mmbench_en_dev_static does in its place.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mmbench/mmbench_evals.py and tasks/_task_utils/mcq_extract.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    found = None if _API_FAILURE in text else _lone_letter(text)
    if found is None and (held := _contained(text, options)):
        found = held, "option text"
    if found is None:
        ranked = ranked_letter(text, gold, _ASKED)
        found = ranked.extracted or "", ranked.rule
    letter, rule = found
    offered = len(letter) == 1 and letter in ascii_uppercase[: len(options)]
    return Reading(1.0 if letter == gold else 0.0, letter if offered else None, rule)
