import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.mmmu_open import number_or_phrase


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("7", "7", 1),
        ("7.004", "7", 1),
        ("7.006", "7", 0),
        ("1,000", "1000", 1),
        ("1e3", "1000", 1),
        ("1.5e3", "1000", 0),
        ("about 7 cm", "7", 1),
        ("7cm", "7", 0),
        ("17", "7", 0),
        ("-7", "7", 0),
        ("x = 7", "7", 1),
        ("the answer is 7 of 9", "9", 1),
        ("9 apples, so the answer is 7", "9", 0),
        ("9 = x\nnothing told", "9", 1),
        ("9 is told, so 8\nx = 7", "8", 1),
        ("3 = 4\nx = 7", "3", 0),
        ("1,2", "1", 0),
        ("1,2", "2", 1),
        ("12 1,234", "234", 1),
        (".5", "0.5", 0),
        ("it is .5", "0.5", 1),
        ("5.", "5", 1),
        ("Berlin", "berlin", 1),
        ("It is Berlin.", "Berlin", 1),
        ("Berlin is big", "Berlin", 0),
        ("concatenate", "cat", 1),
        ("the answer is :", "x", 0),
        ("vitamin c", "C", 1),
        ("c", "C", 1),
        ("cat", "C", 0),
        ("7", "seven", 0),
        ("['24/7', '3.429']", "['24/7', '3.429']", 1),
        ("24/7", "['24/7', '3.429']", 0),
        ("nan", "nan", 0),
    ],
)
def test_golden_vectors_of_open_answers(answer, gold, value):
    assert number_or_phrase(answer, gold).value == value


@given(
    st.decimals(-10_000, 10_000, places=2), st.sampled_from(("{}", "it is {}", "so x = {}", "the final result is {}"))
)
def test_a_number_told_plainly_is_found(number, form):
    assert number_or_phrase(form.format(number), str(number)).value == 1.0


@given(st.text(alphabet="bcdfghjklm ", min_size=2).map(str.strip).filter(lambda text: len(text) > 1))
def test_a_phrase_without_telling_words_marks_itself(gold):
    assert number_or_phrase(gold, gold).value == 1.0


@given(st.text(), st.text(min_size=1).filter(str.strip))
def test_values_are_zero_or_one(answer, gold):
    assert number_or_phrase(answer, gold).value in (0.0, 1.0)


@pytest.mark.parametrize("piece", ["9", "9a", "1.", "1,", "1,000", "1.5e", ".9", "-", "9 ", "so ", "x\n", "is 9\n"])
@pytest.mark.parametrize("gold", ["7.77", "never said"])
def test_a_million_characters_are_read_in_time(piece, gold):
    answer = (piece * (1_000_000 // len(piece)))[:1_000_000]
    start = time.perf_counter()
    assert number_or_phrase(answer + "e", gold).value == 0.0
    assert time.perf_counter() - start < 2.0
