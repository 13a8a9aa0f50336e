import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.marking.vqa_words import evalai_words, vqa_words

RULES = [evalai_words, vqa_words]

# text, as Cambrian and lmms-eval compare it, as VLMEvalKit does
GOLDEN = [
    ("Yes", "yes", "yes"),
    ("The  stop\nsign", "stop sign", "stop sign"),
    ("a", "", ""),
    ("two dogs", "2 dogs", "2 dogs"),
    ("None", "0", "0"),
    ("dont", "don't", "don't"),
    ("shouldn'tve", "shouldn't've", "shouldn't've"),
    ("shouldnt've", "shouldn't've", "shouldn't've"),
    ("somebody'd", "somebodyd", "somebodyd"),
    ("shed", "shed", "shed"),
    ("Im", "im", "im"),
    ("The cat's 1,000 toys.", "cat 's 1000 toys", "cat's 1000 toys"),
    ("Coca-Cola", "coca cola", "coca cola"),
    ("Coca- Cola", "coca cola", "coca cola"),
    ("well-known - co-op", "wellknown coop", "wellknown coop"),
    ("1,000-2,000", "1000 2000", "10002000"),
    ("red, blue", "red blue", "red blue"),
    ("red,blue", "redblue", "red blue"),
    ("really?yes", "reallyyes", "really yes"),
    ("12.", "12", "12."),
    ("12.5", "12.5", "12.5"),
    ("a.m.", "am", "am"),
    (".5", ".5", ".5"),
    ("v.2", "v.2", "v.2"),
    ("5.a", "5a", "5.a"),
    ("7:30", "7:30", "7:30"),
    ("$5 'n' %", "$5 'n' %", "$5 'n' %"),
    ("\u00dc\u0308 \u4f60\u597d", "\u00fc\u0308 \u4f60\u597d", "\u00fc\u0308 \u4f60\u597d"),
    ("\u0391\u03a3-\u0392", "\u03b1\u03c2 \u03b2", "\u03b1\u03c2 \u03b2"),
]
PIECES = st.sampled_from(
    [
        "a",
        "The",
        "two",
        "cat",
        "'s",
        "dont",
        "-",
        ",",
        ".",
        "?",
        "1",
        "1,0",
        ";",
        " ",
        "\n",
        "\t",
        "\u0130",
        "\u0663",
        "x",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=10).map("".join))


@pytest.mark.parametrize(("text", "evalai", "vqa"), GOLDEN)
def test_golden_vectors_of_the_words(text, evalai, vqa):
    assert (evalai_words(text), vqa_words(text)) == (evalai, vqa)


@pytest.mark.parametrize("rule", RULES)
@given(text=TEXTS)
def test_words_are_lowered_parted_by_one_blank_and_free_of_articles(rule, text):
    words = rule(text)
    assert words == words.lower() == " ".join(words.split())
    assert {"a", "an", "the", "none", "zero", "ten"}.isdisjoint(words.split())


@pytest.mark.parametrize("rule", RULES)
@given(text=TEXTS)
def test_no_mark_of_punctuation_is_left(rule, text):
    assert not re.search(r"""[;/\[\]"{}()=+\\_\-><@`,?!]""", rule(text))


@pytest.mark.parametrize("rule", RULES)
@given(words=st.lists(st.sampled_from(["cat", "12", "12.5", "don't", "shed", "\u4f60"]), min_size=1))
def test_preparing_plain_words_twice_changes_nothing(rule, words):
    assert rule(" ".join(words)) == " ".join(words)
    assert rule(rule(" ".join(words))) == rule(" ".join(words))


@pytest.mark.parametrize("rule", RULES)
def test_dots_after_the_thirty_second_stay(rule):
    assert rule("x. " * 40) == " ".join(["x"] * 32 + ["x."] * 8)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("piece", ["a", "- ", "-", ".", ",", "1,", "'s", " ", "dont "])
def test_a_million_characters_are_prepared_in_no_time(rule, piece):
    start = time.process_time()
    rule((piece * 1_000_000)[:1_000_000])
    assert time.process_time() - start < 2.0
