import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.relaxed import relaxed_absolute, relaxed_relative

RULES = [relaxed_absolute, relaxed_relative]
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, min_value=1e-6, max_value=1e9)


@pytest.mark.parametrize("rule", RULES)
@given(gold=st.text(min_size=1).filter(lambda text: text.strip() == text))
def test_the_gold_itself_counts_whatever_it_is(rule, gold):
    assume_not_nan = gold.lower().rstrip("%") not in ("nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity")
    if assume_not_nan and not _endless(gold):
        assert rule(gold, gold).value == 1.0


def _endless(text: str) -> bool:
    try:
        return not math.isfinite(float(text.rstrip("%")))
    except ValueError:
        return False


@pytest.mark.parametrize("rule", RULES)
@given(gold=NUMBERS, share=st.floats(-0.0499, 0.0499))
def test_numbers_within_five_per_cent_count(rule, gold, share):
    assert rule(repr(gold * (1 + share)), repr(gold)).value == 1.0


@pytest.mark.parametrize("rule", RULES)
@given(gold=NUMBERS, share=st.floats(0.0501, 10.0), sign=st.sampled_from((-1, 1)))
def test_numbers_further_off_do_not_count(rule, gold, share, sign):
    assert rule(repr(gold * (1 + sign * share)), repr(gold)).value == 0.0


@pytest.mark.parametrize(
    ("answer", "gold", "absolute", "relative"),
    [
        ("105", "100", 1, 1),
        ("106", "100", 0, 0),
        ("-95", "-100", 1, 1),
        ("1e2", "100", 1, 1),
        ("0", "0", 1, 1),
        ("0.0", "0", 1, 0),
        ("50%", "50", 0, 0),
        ("50%", "50%", 1, 1),
        ("51%", "50%", 0, 1),
        ("0.5", "50%", 0, 1),
        ("1,000", "1000", 0, 0),
        ("Yes.", "Yes", 0, 0),
        ("YES", "Yes", 1, 1),
        ("nan", "5", 0, 0),
        ("inf", "5", 0, 0),
        ("12.", "12", 1, 1),
    ],
)
def test_golden_vectors_of_the_relaxed_rules(answer, gold, absolute, relative):
    assert relaxed_absolute(answer, gold).value == absolute
    assert relaxed_relative(answer, gold).value == relative
