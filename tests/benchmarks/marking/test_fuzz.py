import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.card import Picture, Sample
from benchmarks.table import BENCHMARKS

WORDS = (
    "answer is",
    "Answer:",
    "A",
    "b",
    "(",
    ")",
    ".",
    "%",
    ":",
    " ",
    "\n",
    "**",
    "Z",
    "yes",
    "5",
    "1e999",
    "-",
    "_",
    "nan",
)
ODD = ("\u0130", "\u017f", "\u212a", "\u0661", "\u202e", "e\u0301", "\0", "\ud7ff", "\u3000", "\U0001f600")
PIECES = st.sampled_from(WORDS + ODD)
ANSWERS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))
CASES = [(benchmark, protocol) for benchmark in BENCHMARKS for protocol in benchmark.protocols.values()]


CHOICES = ("one", "two", "three", "four")


def _sample(benchmark) -> Sample:
    choices = () if benchmark.chance == 0 else ("one", "two") if benchmark.name == "mmvp" else CHOICES
    gold = "B" if choices else "5"
    meta = {"prompt": "?", "source": "COCO", "dataset": "HME100k", "ocr_tokens": "[]"}
    meta |= {"answer_type": "float", "precision": "1"}
    return Sample("s", "q?", (Picture.of(b""),), choices, (gold,), "", "", "", meta)


@pytest.mark.parametrize(("benchmark", "protocol"), CASES, ids=[f"{b.name}-{p.name}" for b, p in CASES])
@settings(max_examples=150, deadline=None)
@given(answer=ANSWERS)
def test_no_text_crashes_a_rule_and_every_mark_is_in_range(benchmark, protocol, answer):
    mark = protocol.mark(_sample(benchmark), answer)
    assert 0.0 <= mark.value <= 1.0
    assert mark.rule
    assert mark.parsed or mark.value == 0.0


@pytest.mark.parametrize(("benchmark", "protocol"), CASES, ids=[f"{b.name}-{p.name}" for b, p in CASES])
@pytest.mark.parametrize("piece", ["a", "9", "(", " A", "answer is ", "\n", "%", ".", "A."])
def test_a_million_characters_hang_no_rule(benchmark, protocol, piece):
    answer = (piece * (1_000_000 // len(piece)))[:1_000_000]
    start = time.process_time()
    protocol.mark(_sample(benchmark), answer)
    assert time.process_time() - start < 2.0
