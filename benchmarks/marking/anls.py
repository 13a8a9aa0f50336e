"""Mark by edit distance: the normalised Levenshtein similarity of DocVQA, with nothing below one half.

The rule comes from the scene text VQA paper (arXiv 1905.13648), which gives nothing at exactly one half; the codes give
one half there. They measure the distance between normalised texts and divide it by a length of the raw ones.
"""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

THRESHOLD = 0.5


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.upper())


@lru_cache(maxsize=16_384)
def _measured(gold: str) -> tuple[str, int]:
    return _normal(gold), _length(gold)


def anls(answer: str, golds: Iterable[str]) -> Reading:
    """Give the best of 1 - d / l over the golds, or 0 where it is below 0.5.

    d is the Levenshtein distance in code points after lowering the case and reading every run of blanks as one; l is
    the greater length of the two raw texts in upper case. So blanks in the answer, those around it included, dilute an
    error, and a letter whose upper case has two characters counts twice.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, api/metrics.py (`anls`; the framework strips the answer); the same
    formula in open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/vqa_eval.py (the answer as it is; at
    0a04a1d it divides by the normalised lengths); both follow the script of the challenge's server,
    rrc.cvc.uab.es.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    read, length = _normal(answer), _length(answer)
    best = 0.0
    for gold in golds:
        target, of_gold = _measured(gold)
        if read == target:
            return Reading(1.0, read, "edit distance")
        longest = max(length, of_gold)
        # A distance above half the length is worth nothing, so it need not be known.
        distance = Levenshtein.distance(read, target, score_cutoff=longest // 2)
        similarity = 1 - distance / longest
        if similarity >= THRESHOLD and similarity > best:
            best = similarity
    return Reading(best, read, "edit distance")
