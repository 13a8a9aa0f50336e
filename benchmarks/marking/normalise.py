"""Bring an answer and its gold into the form in which a harness compares them; each function is idempotent."""

import string

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)


def lowered_without_final_dots(text: str) -> str:
    """Strip blanks, lower the case and drop trailing dots, as Cambrian does for GQA.

    Rule: the stored output is stripped, then `lower`, then dots are dropped at the end; a blank before them stays.
    Golds are only lowered.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/gqa/gqa_eval.py (strip) and gqa_test.py (the rest).
    """
    return text.strip().lower().rstrip(".")


def lowered_without_punctuation(text: str) -> str:
    """Strip blanks, lower the case and delete ASCII punctuation, as lmms-eval's `exact_match` does.

    Rule: the 32 characters of `string.punctuation` vanish wherever they stand and leave no blank behind, so `no-one` is
    `noone`; punctuation outside ASCII and inner or newly exposed blanks stay. The comparison runs on fixed-width NumPy
    strings: a lowered text is cut to its former length and trailing NUL characters vanish.
    Source: EvolvingLMMs-Lab/lmms-eval @ 75571cf, api/task.py (strip) and api/metrics.py; the `exact_match` metric of
    huggingface/evaluate with ignore_case and ignore_punctuation.
    """
    stripped = text.strip()
    return stripped.lower()[: len(stripped)].translate(_WITHOUT_PUNCTUATION).rstrip("\0")


def lowered(text: str) -> str:
    """Strip blanks and lower the case, as VLMEvalKit's `accuracy` does; punctuation counts.

    Source: open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/vqa_eval.py.
    """
    return text.strip().lower()
