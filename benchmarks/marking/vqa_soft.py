"""Mark by agreement with the people who answered: the soft VQA score of TextVQA."""

from collections.abc import Callable
from functools import lru_cache

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

ENOUGH = 3
"""Other people who must have said the same for full agreement."""


@lru_cache(maxsize=16_384)
def _prepared(golds: tuple[str, ...], normal: Callable[[str], str]) -> tuple[str, ...]:
    of = {gold: normal(gold) for gold in set(golds)}
    return tuple(of[gold] for gold in golds)


@lru_cache(maxsize=1024)
def _agreement(same: int, people: int) -> float:
    others = (people - same) * min(same, ENOUGH) + same * min(max(same - 1, 0), ENOUGH)
    return others / (people * ENOUGH)


def vqa_soft(answer: str, golds: tuple[str, ...], normal: Callable[[str], str]) -> Reading:
    """Give the mean over the golds, each left out in turn, of min(1, equal ones among the others / 3).

    With k of ten golds equal to the answer that is 0, 0.3, 0.6, 0.9 for k = 0 to 3 and 1 from 4 on; it is worked out in
    whole numbers, where upstream's sums of thirds are off in the sixteenth digit. A gold is compared as `normal` gives
    it, like the answer; so an answer that is only an article equals a gold that is only an article.
    Source: the VQA paper (arXiv 1505.00468) as its evaluation code averages it; cambrian-mllm/cambrian @ 539ffc3,
    eval/eval/vizwiz/m4c_evaluator.py (`TextVQAAccuracyEvaluator`); EvolvingLMMs-Lab/lmms-eval @ 75571cf,
    tasks/textvqa/utils.py; open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/utils/vqa_eval.py.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    read = normal(answer)
    return Reading(_agreement(_prepared(golds, normal).count(read), len(golds)), read, "agreement")
