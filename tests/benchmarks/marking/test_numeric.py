import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.numeric import (
    decimal_as_printed,
    relaxed_to_answer,
    relaxed_to_answer_after_phrase,
    same_decimal,
    same_whole_number,
    whole_number_as_printed,
)

NUMBERS = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [
        ("100", "100", 1),
        ("105.2", "100", 1),
        ("105.3", "100", 0),
        ("95.3", "100", 1),
        ("95.2", "100", 0),
        ("0", "0", 1),
        ("0.1", "0", 0),
        ("inf", "7", 1),
        ("-Infinity", "7", 1),
        ("nan", "7", 0),
        ("1,000", "1000", 0),
        ("Berlin", "berlin", 1),
        ("Berlin.", "Berlin", 0),
        ("7 cm", "7", 0),
        ("[1, 2]", "[1, 2]", 1),
    ],
)
def test_golden_vectors_of_the_tolerance_that_belongs_to_the_answer(answer, gold, value):
    assert relaxed_to_answer(answer, gold).value == value


@pytest.mark.parametrize(
    ("answer", "gold", "value"),
    [("The answer is 7.", "7", 1), ("answer is: 7", "7", 0), ("Answer: Berlin..", "Berlin", 1), ("7. Berlin", "7", 0)],
)
def test_golden_vectors_after_the_phrase(answer, gold, value):
    assert relaxed_to_answer_after_phrase(answer, gold).value == value


@pytest.mark.parametrize(
    ("answer", "gold", "value", "read"),
    [
        ("14", "14", 1, "14"),
        ("+014", "14", 1, "14"),
        ("1_4", "14", 1, "14"),
        ("\u0661\u0664", "14", 1, "14"),
        ("15", "14", 0, "15"),
        ("14.0", "14", 0, None),
        ("14 apples", "14", 0, None),
        ("9007199254740993", "9007199254740993", 0, "9007199254740992"),
        ("1" + "0" * 400, "1", 0, None),
    ],
)
def test_golden_vectors_of_whole_numbers_as_printed(answer, gold, value, read):
    assert whole_number_as_printed(answer, gold)[:2] == (value, read)


@pytest.mark.parametrize(
    ("answer", "gold", "precision", "value", "read"),
    [
        ("1.54", "1.5", "1", 1, "1.5"),
        ("1.5", "1.50", "1", 0, "1.5"),
        ("0.045", "0.04", "2", 1, "0.04"),
        ("2", "2.0", "1", 1, "2.0"),
        ("1.5", "1.5", "1.0", 0, None),
        ("1.5 cm", "1.5", "1", 0, None),
        ("inf", "1.5", "1", 0, "inf"),
    ],
)
def test_golden_vectors_of_decimals_as_printed(answer, gold, precision, value, read):
    assert decimal_as_printed(answer, gold, precision)[:2] == (value, read)


@pytest.mark.parametrize(
    ("rule", "answer", "gold", "value"),
    [
        (same_whole_number, "14", "14", 1),
        (same_whole_number, " +14 ", "14", 1),
        (same_whole_number, "15", "14", 0),
        (same_whole_number, "0", "0", 0),
        (same_whole_number, "14.0", "14", 0),
        (same_decimal, "1.50", "1.5", 1),
        (same_decimal, "0.0", "0.0", 0),
        (same_decimal, "nan", "nan", 0),
    ],
)
def test_golden_vectors_of_equal_numbers(rule, answer, gold, value):
    reading = rule(answer, gold)
    assert reading.value == value
    assert reading.rule == ("same number" if value else "judge")


@given(NUMBERS, st.floats(-0.049, 0.049))
def test_a_gold_within_five_per_cent_of_the_answer_counts(answer, share):
    assert relaxed_to_answer(repr(answer), repr(answer * (1 + share))).value == 1.0


@given(NUMBERS, st.floats(0.0501, 10.0), st.sampled_from((-1, 1)))
def test_a_gold_further_off_does_not_count(answer, share, sign):
    assert relaxed_to_answer(repr(answer), repr(answer * (1 + sign * share))).value == 0.0


@given(st.integers(-(2**53), 2**53))
def test_whole_numbers_mark_themselves(number):
    assert whole_number_as_printed(str(number), str(number)).value == 1.0
    assert same_whole_number(str(number), str(number)).value == (1.0 if number else 0.0)


@given(st.decimals(-1000, 1000, places=2))
def test_decimals_mark_themselves_as_printed_at_their_precision(number):
    gold = str(round(float(number), 2))
    assert decimal_as_printed(gold, gold, "2").value == 1.0
    assert decimal_as_printed(gold, gold, "2.0").extracted is None
