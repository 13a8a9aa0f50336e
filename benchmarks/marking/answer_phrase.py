"""Keep what follows the phrase with which an answer announces itself, as Cambrian's scorers do."""

_PHRASES = ("answer is", "answer is:", "answer:")


def after_answer_phrase(answer: str) -> str | None:
    """Lower the case and keep what follows the last `answer is`, then the last `answer:`; None for a blank answer.

    Rule: strip, lower, strip; for each of `answer is`, `answer is:`, `answer:` in turn keep what follows its last
    occurrence; strip. So after `answer is: b` the colon is left in front.
    Source: cambrian-mllm/cambrian @ 539ffc3, eval/eval/mmmu/mmmu_test.py, scienceqa/scienceqa_test.py (outputs are
    stripped before they are stored).
    """
    text = answer.strip().lower().strip()
    if not text:
        return None
    for phrase in _PHRASES:
        text = text.rpartition(phrase)[2]
    return text.strip()
