import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.yes_no import early_yes_no, lone_yes_no, whole_yes_no

RULES = (whole_yes_no, early_yes_no, lone_yes_no)

# answer, then what Cambrian, lmms-eval and VLMEvalKit read from it
READ = [
    ("Yes", "yes", "yes", "yes"),
    (" no \n", "no", "no", "no"),
    ("YES...", "yes", "yes", "yes"),
    ("yes .", None, "yes", "yes"),
    ("yes!", None, "yes", "yes"),
    ("Yes, it is.", None, "yes", "yes"),
    ("y", None, "yes", None),
    ("N.", None, "no", None),
    ("x", None, None, None),
    ("Not sure", None, "no", None),
    ("know", None, "no", None),
    ("I know", None, None, None),
    ("yesterday", None, "yes", None),
    ("It is. Yes", None, None, "yes"),
    ("...yes", None, "yes", "yes"),
    (".   yes", None, None, "yes"),
    ("There is no doubt", None, None, "no"),
    ("no, yes", None, "no", None),
    ("yes/no", None, "yes", None),
    ("yes,no 1,000", None, "yes", None),
    ("no-one", None, "no", "no"),
    ("no- one", None, "no", "no"),
    ("no-one -", None, "no", None),
    ("no.5", None, "no", None),
    ("." * 33 + "yes", None, "yes", None),
    ("...", None, None, None),
    ("maybe", None, None, None),
]


@pytest.mark.parametrize(("answer", "cambrian", "lmms_eval", "vlmevalkit"), READ)
def test_each_rule_reads_what_its_harness_reads(answer, cambrian, lmms_eval, vlmevalkit):
    assert tuple(rule(answer, "Yes").extracted for rule in RULES) == (cambrian, lmms_eval, vlmevalkit)


@given(st.text() | st.lists(st.sampled_from(["yes", "no", " ", ".", ",", "-", "1,0", "\u0130"])).map("".join))
def test_what_is_read_decides_the_mark_and_nothing_read_is_worth_nothing(answer):
    for rule in RULES:
        to_yes, to_no = rule(answer, "Yes"), rule(answer, "No")
        assert to_yes.extracted == to_no.extracted
        assert to_yes.extracted in ("yes", "no", None)
        assert (to_yes.value, to_no.value) == (to_yes.extracted == "yes", to_no.extracted == "no")


@pytest.mark.parametrize("answer", ["", "  ", "\n\u3000"])
def test_a_blank_answer_is_empty(answer):
    assert {rule(answer, "No").rule for rule in RULES} == {"empty"}


@pytest.mark.parametrize("piece", ["a", "yes ", "no,", "1,0", ".", "- "])
def test_a_million_characters_are_read_at_once(piece):
    start = time.perf_counter()
    for rule in RULES:
        rule(piece * (1_000_000 // len(piece)), "Yes")
    assert time.perf_counter() - start < 2.0
