"""No answer crashes a card of this group or holds it up: empty, huge, right to left, combining, or of odd letters."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.card import Picture, Sample
from benchmarks.vision_centric.cv_bench_3d import CV_BENCH_3D
from benchmarks.vision_centric.mmvp import MMVP, MMVP_CORRECTED
from benchmarks.vision_centric.realworldqa import REALWORLDQA

CHOICE = Sample("s", "q?", (Picture.of(b""),), ("Open", "Closed"), ("B",), "", "", "", {"prompt": "?", "pair": "1"})
OPEN = Sample("s", "q?", (Picture.of(b""),), (), ("Downhill",), "", "", "", {"prompt": "?"})
CASES = [(CHOICE, protocol) for card in (MMVP, MMVP_CORRECTED, CV_BENCH_3D) for protocol in card.protocols.values()]
CASES += [(sample, protocol) for sample in (CHOICE, OPEN) for protocol in REALWORLDQA.protocols.values()]
PIECES = ("answer is", "Answer:", "option", "A", "b", "(", ")", ".", ":", " ", "\n", "Open", "closed", "답은", "nan")
ODD = (
    "\u0130",
    "\u017f",
    "\u212a",
    "\u0661",
    "\u202e\u05d1",
    "e\u0301",
    "B\u0307",
    "\0",
    "\ud7ff",
    "\u3000",
    "\U0001f600",
)
ANSWERS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES + ODD), max_size=12).map("".join))
NAMES = [f"{number}-{protocol.name}" for number, (_, protocol) in enumerate(CASES)]


@pytest.mark.parametrize(("sample", "protocol"), CASES, ids=NAMES)
@settings(max_examples=100, deadline=None)
@given(answer=ANSWERS)
def test_every_text_is_marked_or_unparsed(sample, protocol, answer):
    mark = protocol.mark(sample, answer)
    assert mark.value in (0.0, 1.0)
    assert mark.parsed or mark.value == 0.0
    assert mark == protocol.mark(sample, answer)


@pytest.mark.parametrize(("sample", "protocol"), CASES, ids=NAMES)
@pytest.mark.parametrize("answer", ["", " ", "\n\t", "\u3000", "\u2028"])
def test_an_answer_without_a_visible_character_is_unparsed(sample, protocol, answer):
    mark = protocol.mark(sample, answer)
    assert (mark.value, mark.extracted, mark.rule) == (0.0, None, "empty")


@pytest.mark.parametrize(
    "piece", ["a", "(", " ", "A.", "answer is ", "answer ", "option (", "답은 A", "the panda is B"]
)
@pytest.mark.parametrize(("sample", "protocol"), CASES, ids=NAMES)
def test_a_million_characters_take_no_time(sample, protocol, piece):
    answer = "x" + (piece * (1_000_000 // len(piece)))[:1_000_000]
    start = time.process_time()
    protocol.mark(sample, answer)
    assert time.process_time() - start < 2.0
