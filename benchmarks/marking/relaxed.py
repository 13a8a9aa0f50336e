"""Mark numbers within five per cent and everything else by equality: three codes, three readings of the ChartQA rule.

The rule is stated in the ChartQA paper (arXiv 2203.10244, section 5.1): a numeric answer counts if it is within 5 %
of the gold. It tolerates a year that is off by a century, and each code treats `%` and a gold of zero in its own way.
"""

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

TOLERANCE = 0.05


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def relaxed_absolute(answer: str, gold: str) -> Reading:
    """Mark as Cambrian does: |answer - gold| <= 0.05 |gold| if both are plain numbers, else lower-case equality.

    A gold of zero accepts only zero; `%`, thousands separators and a trailing dot after a word make an answer a word.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/chartqa/chartqa_test.py (outputs are stripped before they are
    stored).
    """
    read = answer.strip().lower()
    if not read:
        return UNPARSED_EMPTY
    lowered_gold = gold.lower()
    number, target = _number(read), _number(lowered_gold)
    if number is not None and target is not None:
        return Reading(1.0 if abs(number - target) <= abs(target) * TOLERANCE else 0.0, read, "within 5%")
    return Reading(1.0 if read == lowered_gold else 0.0, read, "equal")


def _number_or_per_cent(text: str) -> float | None:
    if text.endswith("%"):
        number = _number(text.rstrip("%"))
        return None if number is None else number / 100.0
    return _number(text)


def relaxed_relative(answer: str, gold: str) -> Reading:
    """Mark as lmms-eval and VLMEvalKit do: |answer - gold| / |gold| <= 0.05, where `x%` stands for x / 100.

    A gold that is zero or no number falls to lower-case equality, so `0.0` is wrong for `0`.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/chartqa/utils.py (the framework strips the answer); the same
    rule in open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/vqa_eval.py; both follow
    google-research/pix2struct, metrics.py.
    """
    read = answer.strip()
    if not read:
        return UNPARSED_EMPTY
    number, target = _number_or_per_cent(read), _number_or_per_cent(gold)
    if number is not None and target:
        return Reading(1.0 if abs(number - target) / abs(target) <= TOLERANCE else 0.0, read, "within 5%")
    return Reading(1.0 if read.lower() == gold.lower() else 0.0, read, "equal")
