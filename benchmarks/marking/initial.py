"""Read a choice letter from the first character alone, as lmms-eval does for SEED-Bench."""

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading


def initial(answer: str, gold: str, letters: str) -> Reading:
    """Take the first character that is not blank, whatever its case.

    Rule: strip; the first character is the answer, so `Because` answers B, and `(B)` and `**B**` answer nothing.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/seedbench/utils.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    letter = text[0].upper() if text[0].isascii() else ""
    if letter and letter in letters:
        return Reading(1.0 if letter == gold else 0.0, letter, "initial")
    return Reading(0.0, None, "initial")
