from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.audit.interval import Interval, mean, printed, spoken

EXACT = st.fractions(min_value=0, max_value=2000, max_denominator=20_000)


def shown(value, decimals, rounding):
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=rounding))


@given(EXACT, st.integers(0, 4), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN]))
def test_a_rounded_number_stands_for_an_interval_that_holds_the_value(value, decimals, rounding):
    # A decimal quotient of 28 digits is itself rounded once; values so near a tie are not drawn.
    assert value in printed(shown(value, decimals, rounding)).nearest


@given(EXACT, st.integers(0, 4))
def test_a_number_that_was_cut_off_stands_for_the_interval_above_it(value, decimals):
    stands = printed(shown(value, decimals, ROUND_DOWN)).cut
    assert stands.low <= value < stands.high


@given(st.lists(st.tuples(EXACT, st.integers(0, 3)), min_size=1, max_size=16))
def test_the_mean_of_intervals_holds_the_mean_of_the_values(drawn):
    stands = [printed(shown(value, decimals, ROUND_HALF_EVEN)).nearest for value, decimals in drawn]
    assert sum(value for value, _ in drawn) / len(drawn) in mean(stands)


@given(*[st.tuples(EXACT, EXACT).map(sorted)] * 2, st.fractions(0, 1), st.fractions(0, 1))
def test_sums_differences_and_quotients_hold_what_their_members_give(one, two, left, right):
    a, b = Interval(*one), Interval(*two)
    x, y = a.low + left * (a.high - a.low), b.low + right * (b.high - b.low)
    assert x + y in a + b
    assert x - y in a - b
    if b.low > 0:
        assert x / y in a.over(b)


@given(st.integers(0, 10**9), st.integers(0, 6))
def test_what_is_spoken_is_read_back(units, decimals):
    value = Fraction(units, 10**decimals)
    assert printed(spoken(value)).value == value


def test_touching_intervals_meet_but_do_not_overlap():
    one, two = printed("1.0").nearest, printed("1.1").nearest
    assert one.meets(two)
    assert not one.overlaps(two)


def test_digits_beyond_the_twelfth_are_noise():
    assert printed("1380.1896758703479").decimals == 8


@pytest.mark.parametrize("text", ["", "1.2.3", "1,2", "--1", "nan", "1e3", "٣"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="no plain number"):
        printed(text)
