"""Mark by whether a gold stands somewhere in the answer, and bring both into the forms in which OCRBench looks.

Sources: cambrian-mllm/cambrian @ 539ffc3, eval/eval/ocrbench/ocrbench_test.py; open-compass/VLMEvalKit @ e8e78f0,
vlmeval/dataset/image_vqa.py; EvolvingLMMs-Lab/lmms-eval @ 75571cf, tasks/ocrbench/utils.py.
"""

from collections.abc import Callable, Iterable

from benchmarks.marking.reading import UNPARSED_EMPTY, Reading

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def on_one_line(text: str) -> str:
    """Lower the case, strip and read line breaks as blanks; every other blank counts."""
    return text.lower().strip().replace("\n", " ")


def half_width_on_one_line(text: str) -> str:
    """Fold full-width ASCII and the ideographic blank to their plain forms, then `on_one_line`, as lmms-eval does."""
    return on_one_line(text if text.isascii() else text.translate(_HALF_WIDTH))


def without_blanks(text: str) -> str:
    r"""Strip, then delete blanks and line breaks within: formulas are compared so, and their case counts.

    `{x}^{2} + 1` is `{x}^{2}+1`; a tab within a formula stays.
    """
    return text.strip().replace("\n", "").replace(" ", "")


def contains(answer: str, golds: Iterable[str], normal: Callable[[str], str]) -> Reading:
    """Give 1 iff a gold occurs in the answer, both normalised: `12` is found in `1234`, and long answers find more.

    An answer without visible characters is unparsed.
    """
    if not answer.strip():
        return UNPARSED_EMPTY
    read = normal(answer)
    return Reading(1.0 if any(normal(gold) in read for gold in golds) else 0.0, read, "contains")
