import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.initial import initial


@pytest.mark.parametrize(
    ("answer", "letter"),
    [("B", "B"), (" b.", "B"), ("Because", "B"), ("(B)", None), ("**B**", None), ("2", None), ("E", None), ("", None)],
)
def test_the_first_visible_character_is_the_answer(answer, letter):
    assert initial(answer, "B", "ABCD").extracted == letter


def test_letters_beyond_ascii_are_no_options():
    assert initial("\u0391", "A", "ABCD").extracted is None
    assert initial("\u0412", "B", "ABCD").extracted is None


@given(st.text(), st.sampled_from("ABCD"))
def test_a_mark_is_one_iff_the_letter_is_the_gold(answer, gold):
    found = initial(answer, gold, "ABCD")
    assert found.value == (found.extracted == gold)
