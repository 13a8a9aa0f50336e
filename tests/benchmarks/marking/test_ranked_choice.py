import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.ranked_choice import first_of_two, ranked_letter

# What each of the two extractors reads from an answer; `-` is unparsed.
RANKED = {
    "B": ("B", "alone at the start"),
    "B.": ("B", "alone at the start"),
    "B. blue": ("B", "alone at the start"),
    "B blue": ("B", "alone at the start"),
    "B2": ("B", "alone at the start"),
    "b": ("-", "no letter"),
    "(B)": ("B", "in brackets"),
    "'B'": ("B", "alone at the start"),
    "...": ("-", "no letter"),
    "Blue": ("B", "anywhere"),
    "it is blue": ("-", "no letter"),
    "it must be B": ("B", "alone at the end"),
    "it must be B.": ("B", "alone at the end"),
    "it must be B. Or not": ("B", "before a dot"),
    "both A and B, but (C) first": ("C", "in brackets"),
    "(A) no, (B) no, (C) maybe": ("C", "in brackets"),
    "So A: no. B. yes": ("B", "before a dot"),
    "the A: or the B) one": ("A", "before a colon"),
    "the A) or the B one": ("A", "before a bracket"),
    "take A or B now": ("B", "before a blank"),
    "The answer is B, not the others": ("B", "after a phrase"),
    "The answer is Brown, not Aqua": ("A", "after a phrase"),
    "The answer is B. The answer is C now": ("C", "after a phrase"),
    "The answer is none of them, B) is near": ("B", "after a phrase"),
    "I CHOOSE the D here": ("D", "after a phrase"),
    "정답은 B 입니다": ("B", "after a phrase"),
    "E": ("-", "no letter"),
    "A or B": ("A", "alone at the start"),
    "yes, C": ("C", "alone at the end"),
    "DNA": ("A", "before a blank"),
    "Dna": ("D", "anywhere"),
}
TWO = {
    "A": ("A", "whole answer"),
    "(a).": ("A", "whole answer"),
    "b": ("B", "whole answer"),
    "A. Open": ("A", "at the start"),
    "a cat": ("A", "at the start"),
    "(B) no": ("B", "at the start"),
    "The answer is (b)ut": ("B", "answer phrase"),
    "The answer is Brown": ("B", "answer phrase"),
    "Option bee": ("B", "option phrase"),
    "the panda sits": ("A", "end of a word"),
    "a) cab": ("A", "at the start"),
    "the cab": ("B", "end of a word"),
    "Both": ("B", "first character"),
    "Closed": ("-", "no letter"),
    "A: Open": ("A", "first character"),
}


@pytest.mark.parametrize("answer", RANKED)
def test_the_most_telling_form_wins(answer):
    reading = ranked_letter(answer, "B", "ABCD")
    assert (reading.extracted or "-", reading.rule) == RANKED[answer]
    assert reading.value == (reading.extracted == "B")


def test_marks_at_the_ends_are_stripped_once_each_in_their_order():
    assert ranked_letter("is it !.B.!", "B", "ABCD").rule == "before a dot"
    assert ranked_letter("is it B!.", "B", "ABCD").rule == "alone at the end"
    assert ranked_letter("is it B.!", "B", "ABCD").rule == "before a dot"


@pytest.mark.parametrize("answer", TWO)
def test_the_first_pattern_that_is_met_wins(answer):
    reading = first_of_two(answer, "A")
    assert (reading.extracted or "-", reading.rule) == TWO[answer]
    assert reading.value == (reading.extracted == "A")


@given(st.text(), st.sampled_from("ABCD"))
def test_only_a_letter_on_offer_is_read_and_only_the_gold_is_worth_a_mark(answer, gold):
    for reading in (ranked_letter(answer, gold, "ABCD"), first_of_two(answer, gold)):
        assert reading.extracted is None or reading.extracted in "ABCD"
        assert reading.value == (reading.extracted == gold)


@given(st.sampled_from("ABCD"), st.sampled_from([" ", "\n", "\t\t", ""]), st.sampled_from([" ", "\n", ""]))
def test_blanks_around_an_answer_change_nothing(letter, before, after):
    for answer in (letter, f"({letter})", f"the answer is {letter}, so", f"{letter}. text"):
        assert ranked_letter(before + answer + after, "A", "ABCD") == ranked_letter(answer, "A", "ABCD")
        assert first_of_two(before + answer + after, "A") == first_of_two(answer, "A")
