import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.lone_option import lone_option

FOUR = ("red apple", "blue plum", "green pear", "old tree")
PIECES = st.sampled_from([*"ABCDE", "A.", "(B)", ":C).", " ", "nan", "red apple", "answer is", "\u0130", "\n"])


@pytest.mark.parametrize(
    ("answer", "letter", "rule"),
    [
        ("B", "B", "lone letter"),
        ("Option C it is", "C", "lone letter"),
        ("A pear", "A", "lone letter"),
        ("A plum is blue", "A", "alone at the start"),
        ("A plum, so B.", "B", "lone dressed letter"),
        ("A. or B,", "A", "lone dressed letter"),
        ("A. B. or (C)", "C", "lone dressed letter"),
        ("A. B.", "A", "alone at the start"),
        (":D).", "D", "lone dressed letter"),
        ("the blue plum", "B", "option text"),
        ("Red apple, Old tree", None, "no letter"),
        ("Failed to obtain answer via API", "A", "anywhere"),
        ("the answer is Brown", "B", "after a phrase"),
        ("E", None, "lone letter"),
        ("b", None, "no letter"),
        ("", None, "empty"),
    ],
)
def test_the_rules_fire_in_their_order(answer, letter, rule):
    found = lone_option(answer, "A", FOUR)
    assert (found.extracted, found.rule) == (letter, rule)


def test_nan_stands_for_every_option_that_is_not_there():
    assert lone_option("a banana", "A", ("yes", "no", "maybe")).rule == "option text"
    assert lone_option("a banana", "A", ("yes", "no", "maybe")).extracted is None
    assert lone_option("a banana", "A", ("yes", "no")).rule == "no letter"


@given(st.text() | st.lists(PIECES).map("".join), st.sampled_from("ABCD"))
def test_a_mark_is_one_iff_the_letter_is_the_gold(answer, gold):
    found = lone_option(answer, gold, FOUR)
    assert found.value == (found.extracted == gold)


@pytest.mark.parametrize("piece", ["a", "A ", "(B) ", "nan", ":"])
def test_a_million_characters_are_read_at_once(piece):
    start = time.perf_counter()
    lone_option(piece * (1_000_000 // len(piece)), "A", FOUR)
    assert time.perf_counter() - start < 2.0
