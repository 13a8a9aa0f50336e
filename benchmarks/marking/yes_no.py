"""Read yes or no out of free text: one function per upstream rule.

Each takes the answer and the gold, `Yes` or `No` in any case. An answer that says neither by its rule is unparsed and
worth 0, as upstream; so is one that upstream would hand to a judge model.
"""

from benchmarks.marking.normalise import lowered_without_final_dots
from benchmarks.marking.reading import UNPARSED_EMPTY, Reading
from benchmarks.marking.vqa_words import without_punctuation

_WORDS = ("yes", "no")
_PREFIX = 4


def _judged(read: str | None, gold: str, rule: str) -> Reading:
    return Reading(1.0 if read == gold.lower() else 0.0, read, rule)


def whole_yes_no(answer: str, gold: str) -> Reading:
    """Take the whole answer, whatever the case, as Cambrian does for MME.

    Rule: strip, lower the case, drop trailing dots; what is left must be the word. So `Yes, it is.` and `yes!` answer
    nothing.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mme/mme_eval.py (strip) and mme_test.py.
    """
    whole = lowered_without_final_dots(answer)
    if not whole and not answer.strip():
        return UNPARSED_EMPTY
    return _judged(whole if whole in _WORDS else None, gold, "whole answer")


def early_yes_no(answer: str, gold: str) -> Reading:
    """Look for yes, then for no, in the first four characters, as lmms-eval does for MME.

    Rule: strip, lower the case, delete all dots; a single character must be `y` or `n`; else the first four characters
    must hold `yes` or `no`, which need not be a word: `Not sure` and `know` answer no, `Well, yes` nothing.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, api/task.py (strip) and tasks/mme/utils.py (`parse_pred_ans`).
    """
    text = answer.strip().lower()
    if not text:
        return UNPARSED_EMPTY
    text = text.replace(".", "")
    if len(text) == 1:
        return _judged({"y": "yes", "n": "no"}.get(text), gold, "initial")
    early = text[:_PREFIX]
    return _judged(next((word for word in _WORDS if word in early), None), gold, "first four characters")


def lone_yes_no(answer: str, gold: str) -> Reading:
    """Take the one of the two words that occurs, as VLMEvalKit's rule does for MME.

    Rule: lower the case, make punctuation blank or gone, split at blanks; exactly one of `yes` and `no` must be among
    the words, wherever it stands: `There is no doubt` answers no. With both or none upstream asks a judge model, here
    the answer is unparsed.
    Source: open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/yorn.py (`YOrN_Extraction`), smp/misc.py.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    words = without_punctuation(answer.lower()).split()
    said = [word for word in _WORDS if word in words]
    return _judged(said[0], gold, "lone word") if len(said) == 1 else Reading(0.0, None, "judge")
