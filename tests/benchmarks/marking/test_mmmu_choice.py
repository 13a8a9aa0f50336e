import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.mmmu_choice import last_candidate

OPTIONS = ("red apple", "blue plum", "green pear", "old tree")


@pytest.mark.parametrize(
    ("answer", "read", "rule"),
    [
        ("B", "B", "letter and blank"),
        ("B.", "B", "letter and blank"),
        ("(B)", "B", "bracketed letter"),
        ("A (B) C", "B", "bracketed letter"),
        ("(A) or (B)", "B", "bracketed letter"),
        ("(B) not (A), (B)", "B", "bracketed letter"),
        ("A or B", "B", "letter and blank"),
        ("A B PLAN", "B", "letter and blank"),
        ("B.x or A.x", "A", "letter and dot"),
        ("B)", None, "random guess"),
        ("b", None, "random guess"),
        ("blue plum", None, "random guess"),
        ("I think it is the blue plum", "B", "option text"),
        ("not the old tree but the BLUE PLUM", "B", "option text"),
        ("'B'", "B", "letter and blank"),
        ("**B**", None, "random guess"),
        ("...", None, "random guess"),
        ("DNA", "A", "letter and blank"),
        ("DNA B", "B", "letter and blank"),
        ("E", None, "random guess"),
        ("B\n", None, "random guess"),
    ],
)
def test_golden_vectors_of_the_last_candidate(answer, read, rule):
    assert last_candidate(answer, "B", OPTIONS) == (1.0 if read == "B" else 0.0, read, rule)


def test_letters_that_only_end_words_tie_and_the_first_on_offer_wins():
    assert last_candidate("B2B DNA", "A", OPTIONS).extracted == "A"
    assert last_candidate("DNA B2B", "A", OPTIONS).extracted == "A"


def test_five_words_are_not_searched_for_texts():
    assert last_candidate("it is the blue plum", "B", OPTIONS).extracted is None
    assert last_candidate("it is just the blue plum", "B", OPTIONS).extracted == "B"


@given(st.sampled_from("ABCD"), st.sampled_from(("{}", "{}.", "({})", "Answer: {}", "It is {}!", "({}) since")))
def test_a_letter_in_a_usual_form_is_read(letter, form):
    assert last_candidate(form.format(letter), letter, OPTIONS).value == 1.0


@given(st.text())
def test_only_a_letter_on_offer_is_read_and_only_the_gold_counts(answer):
    reading = last_candidate(answer, "B", OPTIONS)
    assert reading.extracted in (None, *"ABCD")
    assert reading.value == (1.0 if reading.extracted == "B" else 0.0)
