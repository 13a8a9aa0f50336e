import pytest

from benchmarks.marking.choice import (
    dotted_letter,
    first_character,
    first_character_or_index,
    first_character_or_text,
    first_word,
    inferred_option,
    leading_letter,
    whole_or_text,
)

OPTIONS = ("red apple", "blue plum", "green pear", "old tree")
RULES = {
    "first_character": lambda answer: first_character(answer, "B", "ABCD"),
    "dots_only": lambda answer: first_character(answer, "B", "ABCD", trimmed="."),
    "or_index": lambda answer: first_character_or_index(answer, "B", "ABCD"),
    "dotted": lambda answer: dotted_letter(answer, "B", "ABCD"),
    "leading": lambda answer: leading_letter(answer, "B", "ABCD"),
    "inferred": lambda answer: inferred_option(answer, "B", OPTIONS),
}

# What each extractor reads; `-` is unparsed. Columns in the order of RULES.
GOLDEN = {
    "B": "B B B B B B",
    "b": "B B B B B -",
    "B.": "B B B B B B",
    "(B)": "B B B B B B",
    "B)": "B B B B B B",
    "b)": "B B B B B -",
    "**B**": "- - - B - B",
    "B. blue plum": "B B B B B B",
    "B: blue plum": "B B B - B B",
    "B) blue plum": "B B B - B B",
    "blue plum": "B B B - B B",
    "The answer is B": "B B B - - B",
    "The answer is (B).": "B B B - - B",
    "answer: B": "B B B - A B",
    "answer is: B": "- - - - A B",
    "A or B": "A A A - A -",
    "Because it is blue": "B B B - B -",
    "1": "- - B - - -",
    "3": "- - D - - -",
    "E": "- - - - - -",
    "7": "- - - - - -",
    "A blue plum": "A A A - A A",
    "the correct answer is **b**": "- - - - - B",
    "Z": "- - - - - Z",
    "Cannot determine the answer": "C C C - C Z",
    ":B": "- - - B - B",
    "B:": "B B B B B B",
    "(B": "B B B B B B",
    "((B))": "B B B B B B",
}


@pytest.mark.parametrize("answer", GOLDEN)
def test_golden_vectors_of_the_extractors(answer):
    read = {name: rule(answer).extracted or "-" for name, rule in RULES.items()}
    assert read == dict(zip(RULES, GOLDEN[answer].split(), strict=True))


def test_only_the_gold_letter_is_worth_a_mark():
    for rule in RULES.values():
        assert [rule(letter).value for letter in "ABCD"] == [0.0, 1.0, 0.0, 0.0]


def test_a_letter_counts_among_the_last_four_words_only():
    assert inferred_option("B is what I would say", "B", OPTIONS).extracted is None
    assert inferred_option("it is B I would say", "B", OPTIONS).extracted == "B"


def test_an_answer_longer_than_twice_all_options_is_not_searched_for_their_text():
    short = "it must be the blue plum"
    long = short + " since nothing else in this picture has that colour at all, as far as I see"
    assert inferred_option(short, "B", OPTIONS).extracted == "B"
    assert inferred_option(long, "B", OPTIONS) == (0.0, None, "judge")


def test_an_answer_with_two_option_texts_goes_to_the_judge():
    assert inferred_option("red apple or blue plum", "B", OPTIONS).rule == "judge"


def test_a_failed_api_call_skips_the_letters():
    assert inferred_option("Failed to obtain answer via API B", "B", OPTIONS).extracted is None


def test_the_last_answer_phrase_counts():
    assert first_character("answer: A. No, the answer is B", "B", "ABCD").extracted == "B"


def test_the_length_of_an_answer_counts_its_outer_blanks():
    options = ("1", "3", "2")
    assert inferred_option("it is", "B", options).rule == "judge"
    assert inferred_option("  3", "B", options).extracted == "B"
    assert inferred_option("3 \n\n   ", "B", options).rule == "judge"


@pytest.mark.parametrize("answer", ["the answer iſ B, or A", "AN\u017fWER I\u017f B then, of A"])
def test_an_answer_phrase_may_be_spelt_with_a_long_s(answer):
    assert inferred_option(answer, "B", OPTIONS).extracted == "B"


# Which letter of two options Cambrian's whole-answer rule reads; `-` is unparsed.
WHOLE = {
    "B": "B",
    "b": "B",
    "(B)": "B",
    "((b)": "B",
    "B.": "B",
    "B.:,": "B",
    "B.)": "-",
    "Closed": "B",
    "closed.": "B",
    "(Closed)": "B",
    "CLOSED": "B",
    "B. Closed": "-",
    "(b) Closed": "-",
    "It is closed": "-",
    "The answer is B": "B",
    "The answer is: B": "-",
    "answer: (a)": "A",
    "Open": "A",
    "C": "-",
    "Answer: closed, I think. The answer is open": "A",
}


@pytest.mark.parametrize("answer", WHOLE)
def test_the_whole_answer_is_a_letter_or_an_options_text(answer):
    reading = whole_or_text(answer, "B", ("Open", "Closed"))
    assert (reading.extracted or "-") == WHOLE[answer]
    assert reading.value == (reading.extracted == "B")


def test_an_option_that_is_spelt_like_the_other_letter_is_right_for_its_own():
    assert whole_or_text("a", "B", ("B", "A")) == (1.0, "B", "option text")
    assert whole_or_text("b", "B", ("B", "A")) == (1.0, "B", "whole answer")


def test_the_first_word_is_cut_at_blanks_alone():
    words = {
        "C": "c",
        "C.": "c",
        "c\n": "c",
        "C. Left": "c.",
        "(C)": "(c)",
        "two cars": "two",
        "The answer is 7.": "7",
        "answer: Yes...": "yes",
    }
    assert {answer: first_word(answer, "c").extracted for answer in words} == words
    assert [first_word(answer, "C").value for answer in words] == [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_one_character_may_be_the_text_of_the_gold_option():
    assert first_character_or_text("8", "B", ("7", "8")) == (1.0, "B", "first character as text")
    assert first_character_or_text("8 cars", "B", ("7", "8")).value == 1.0
    assert first_character_or_text("8", "A", ("7", "8")) == (0.0, None, "first character")
    assert first_character_or_text("t", "B", ("chair", "T")).value == 0.0
    assert first_character_or_text("table", "B", ("chair", "table")).value == 0.0
