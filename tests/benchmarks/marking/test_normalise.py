import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.exact import exact
from benchmarks.marking.normalise import lowered, lowered_without_final_dots, lowered_without_punctuation

RULES = [lowered, lowered_without_final_dots, lowered_without_punctuation]


@pytest.mark.parametrize("rule", RULES)
@given(text=st.text())
def test_normalisation_is_idempotent_up_to_newly_bared_blanks(rule, text):
    once = rule(text).strip()
    assert rule(once).strip() == rule(rule(once)).strip()


@pytest.mark.parametrize("rule", RULES)
@given(text=st.text(alphabet=st.characters(codec="ascii", exclude_characters=" .\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\0")))
def test_normalisation_is_idempotent_on_words(rule, text):
    assert rule(rule(text)) == rule(text)


@given(st.text(min_size=1).filter(str.strip), st.lists(st.text(), max_size=3))
def test_the_gold_itself_is_exact(gold, others):
    for rule in RULES:
        assert exact(gold, [*others, gold], rule).value == 1.0


@given(st.text(), st.text())
def test_exact_values_are_zero_or_one_and_only_blank_answers_are_unparsed(answer, gold):
    for rule in RULES:
        reading = exact(answer, [gold], rule)
        assert reading.value in (0.0, 1.0)
        assert (reading.extracted is None) == (not answer.strip())
