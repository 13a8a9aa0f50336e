import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.letter_or_text import (
    letter_alone,
    letter_alone_or_dotted,
    letter_before_dot_or_text,
    text_on_offer,
)

OPTIONS = ("red apple", "blue plum", "green pear", "old tree")
RULES = {
    "before_dot": lambda answer: letter_before_dot_or_text(answer, "B", OPTIONS),
    "alone_or_dotted": lambda answer: letter_alone_or_dotted(answer, "B", "ABCD"),
    "alone": lambda answer: letter_alone(answer, "B", "ABCD"),
    "text": lambda answer: text_on_offer(answer, "B", OPTIONS),
}

# What each rule reads; `-` is unparsed. Columns in the order of RULES.
GOLDEN = {
    "B": "B B B -",
    "b": "B B B -",
    " B\n": "B B B -",
    "B.": "B B - -",
    "b.": "B - - -",
    "(B)": "- - - -",
    "B)": "- - - -",
    "B. blue plum": "B B - -",
    "b. blue plum": "B - - -",
    "B blue plum": "- - - -",
    "blue plum": "B - - B",
    "Blue plum!": "B - - -",
    "blue-plum": "- - - -",
    "old tree": "D - - D",
    "The answer is B": "B - - -",
    "The answer is: B": "- - - -",
    "Answer: blue plum.": "B - - -",
    "A.B": "A A - -",
    "E": "- - - -",
    "E. x": "- - - -",
    ".B": "- - - -",
    "\uff22.": "- - - -",
}


@pytest.mark.parametrize("answer", GOLDEN)
def test_golden_vectors_of_letters_and_texts(answer):
    read = {name: rule(answer).extracted or "-" for name, rule in RULES.items()}
    assert read == dict(zip(RULES, GOLDEN[answer].split(), strict=True))
    assert all((rule(answer).value == 1.0) == (read[name] == "B") for name, rule in RULES.items())


@pytest.mark.parametrize(
    ("answer", "options", "read"),
    [
        ("f(x)", ("f(x)", "g(x)", "(B)"), "C"),
        ("(B)", ("f(x)", "g(x)", "(B)"), "B"),
        ("A", ("B", "A"), "A"),
        ("x", ("x", "x", "y"), "A"),
        ("13", ("12", "13"), "B"),
        ("(z) a long text", ("(z) a long text", "b"), "B"),
    ],
)
def test_golden_vectors_of_texts_that_hold_letters(answer, options, read):
    assert text_on_offer(answer, read, options) == (1.0, read, "option text")


def test_of_equal_options_any_is_right():
    assert text_on_offer("x", "B", ("x", "x", "y")).value == 1.0


@given(
    st.lists(st.text(alphabet="abcdefgh ", min_size=2).map(str.strip).filter(bool), min_size=2, unique=True, max_size=6)
)
def test_the_text_of_an_option_is_read_as_it_by_both_that_read_texts(options):
    for letter, option in zip("ABCDEF", options, strict=False):
        assert letter_before_dot_or_text(option, letter, options).value == 1.0
        if len(option) > 1:
            assert text_on_offer(option, letter, options) == (1.0, letter, "option text")


@given(st.text(), st.sampled_from("ABCD"))
def test_an_unparsed_answer_is_worth_nothing_and_only_the_gold_is_worth_a_mark(answer, gold):
    for reading in (
        letter_before_dot_or_text(answer, gold, OPTIONS),
        letter_alone_or_dotted(answer, gold, "ABCD"),
        letter_alone(answer, gold, "ABCD"),
        text_on_offer(answer, gold, OPTIONS),
    ):
        assert reading.value == (1.0 if reading.extracted == gold else 0.0)
