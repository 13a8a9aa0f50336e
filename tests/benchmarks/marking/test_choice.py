import pytest

from benchmarks.marking.choice import (
    dotted_letter,
    first_character,
    first_character_or_index,
    inferred_option,
    leading_letter,
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
