"""Mark answers that are one number: three codes, three ideas of being equal to the gold.

Cambrian accepts five per cent of the answer, lmms-eval compares the digits that it would print, VLMEvalKit the values.
"""

from benchmarks.marking.answer_phrase import after_answer_phrase
from benchmarks.marking.reading import JUDGE, UNPARSED_EMPTY, Reading
from benchmarks.marking.relaxed import TOLERANCE


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _equal_or_near(read: str, gold: str) -> Reading:
    if read == gold:
        return Reading(1.0, read, "equal")
    number, target = _number(read), _number(gold)
    if number is None or target is None:
        return Reading(0.0, read, "equal")
    return Reading(1.0 if abs(target - number) <= abs(number) * TOLERANCE else 0.0, read, "within 5% of the answer")


def relaxed_to_answer(answer: str, gold: str) -> Reading:
    """Give 1 if the lowered answer equals the gold, or if |gold - answer| <= 0.05 |answer| as numbers.

    The tolerance belongs to the answer and not to the gold, since the code swaps its arguments; so an answer too large
    is tolerated further than one too small, and `inf` is right for every number.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mathvista/mathvista_test.py.
    """
    read = answer.strip().lower().strip()
    return _equal_or_near(read, gold.lower()) if read else UNPARSED_EMPTY


def relaxed_to_answer_after_phrase(answer: str, gold: str) -> Reading:
    """Mark as `relaxed_to_answer` what follows the last answer phrase, without dots at the end.

    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmmu/mmmu_test.py (`extract_single_answer`).
    """
    read = after_answer_phrase(answer)
    return UNPARSED_EMPTY if read is None else _equal_or_near(read.rstrip("."), gold.lower())


def whole_number_as_printed(answer: str, gold: str) -> Reading:
    """Compare a whole number, printed again by way of a float, with the gold as a text; anything else is a judge's.

    Beyond 2^53 the digits change on that way, and beyond 1.8e308 the number is lost.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mathvista/mathvista_evals.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    try:
        read = str(int(text))
    except ValueError:
        return JUDGE
    try:
        printed = str(int(float(read)))
    except OverflowError:
        return Reading(0.0, None, "number lost")
    return Reading(1.0 if printed == gold.strip() else 0.0, printed, "digits")


def decimal_as_printed(answer: str, gold: str, precision: str) -> Reading:
    """Compare a number, rounded to `precision` decimals, with the gold as a text; anything else is a judge's.

    The dataset stores the precision as a float (`1.0`), with which Python refuses to round; the code then drops the
    number, so that every such answer is wrong. A precision written as a whole number (`1`) works.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/mathvista/mathvista_evals.py.
    """
    text = answer.strip()
    if not text:
        return UNPARSED_EMPTY
    number = _number(text)
    if number is None:
        return JUDGE
    try:
        printed = str(round(number, int(precision)))
    except (ValueError, OverflowError):
        return Reading(0.0, None, "number lost")
    return Reading(1.0 if printed == gold.strip() else 0.0, printed, "digits")


def same_whole_number(answer: str, gold: str) -> Reading:
    """Accept a whole number that equals the gold, unless it is zero; anything else is a judge's.

    Zero is false to the code, which takes it for no answer. A wrong number goes to the judge too.
    Source: open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/mathvista.py (`post_check`).
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    try:
        read, target = int(answer), int(gold)
    except ValueError:
        return JUDGE
    return Reading(1.0, str(read), "same number") if read and read == target else JUDGE


def same_decimal(answer: str, gold: str) -> Reading:
    """Accept a number that equals the gold, unless it is zero; anything else is a judge's, as `same_whole_number`."""
    if not answer.strip():
        return UNPARSED_EMPTY
    read, target = _number(answer), _number(gold)
    return Reading(1.0, str(read), "same number") if read and read == target else JUDGE
