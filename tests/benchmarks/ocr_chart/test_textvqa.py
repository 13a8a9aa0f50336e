import pytest

from benchmarks.card import PROTOCOL_NAMES, Mark, Picture
from benchmarks.errors import InvalidData
from benchmarks.ocr_chart.textvqa import TEXTVQA, TEXTVQA_OCR

SUFFIX = "Answer the question using a single word or phrase."
ROW = {
    "image_id": "003a8ae2ef43b901",
    "question_id": 34602,
    "question": "what is the brand of this Camera?",
    "image": Picture.of(b"x"),
    "answers": ["dakota"] * 10,
    "ocr_tokens": ["DAKOTA", "DIGITAL"],
}


def _sample(**cells):
    (sample,) = TEXTVQA.to_samples({"default": [ROW | cells]})
    return sample


def _values(answer, *golds):
    sample = _sample(answers=[golds[place % len(golds)] for place in range(10)])
    return [protocol.mark(sample, answer).value for protocol in TEXTVQA.protocols.values()]


def _prompts(benchmark, **cells):
    return [protocol.prompt(_sample(**cells)) for protocol in benchmark.protocols.values()]


def test_prompts_follow_their_harness():
    assert _prompts(TEXTVQA) == [
        f"what is the brand of this Camera?\n{SUFFIX}",
        f"What is the brand of this camera?\n{SUFFIX}",
        f"what is the brand of this Camera?\n{SUFFIX}",
    ]


def test_the_variant_shows_the_tokens_and_changes_nothing_else():
    assert _prompts(TEXTVQA_OCR) == [
        f"what is the brand of this Camera?\nReference OCR tokens: DAKOTA, DIGITAL\n{SUFFIX}",
        f"What is the brand of this camera?\nReference OCR token: DAKOTA, DIGITAL\n{SUFFIX}",
        f"what is the brand of this Camera?\n{SUFFIX}",
    ]
    assert tuple(TEXTVQA_OCR.protocols) == PROTOCOL_NAMES
    assert TEXTVQA_OCR.name == "textvqa_ocr"
    assert (TEXTVQA_OCR.source, TEXTVQA_OCR.to_samples) == (TEXTVQA.source, TEXTVQA.to_samples)
    for name, protocol in TEXTVQA.protocols.items():
        assert TEXTVQA_OCR.protocols[name].mark is protocol.mark


def test_no_tokens_leave_no_blank_under_cambrian():
    assert "Reference OCR tokens:\n" in _prompts(TEXTVQA_OCR, ocr_tokens=[])[0]
    assert "Reference OCR tokens: \n" in _prompts(TEXTVQA_OCR, ocr_tokens=[""])[0]
    assert "Reference OCR token: \n" in _prompts(TEXTVQA_OCR, ocr_tokens=[])[1]


def test_vlmevalkit_never_shows_the_tokens():
    assert "DAKOTA" not in TEXTVQA_OCR.protocols["vlmevalkit"].prompt(_sample())


def test_the_question_loses_its_capitals_after_the_first_letter():
    assert _prompts(TEXTVQA, question="does NASA own it?")[1].startswith("Does nasa own it?\n")


def test_ids_and_clusters_are_those_of_the_dataset():
    sample = _sample()
    assert (sample.id, sample.cluster, sample.kind) == ("34602", "003a8ae2ef43b901", "what")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("answers", ["x"] * 9),
        ("answers", ["x"] * 9 + [None]),
        ("answers", None),
        ("ocr_tokens", None),
        ("ocr_tokens", ["a", 1]),
        ("question", float("nan")),
        ("question_id", None),
        ("image_id", ""),
        ("image", None),
    ],
)
def test_a_bad_cell_is_refused_with_its_row(column, cell):
    with pytest.raises(InvalidData, match=f"textvqa row 0 has {column}"):
        _sample(**{column: cell})


def test_two_of_ten_are_worth_six_tenths():
    assert _values("dakota", "dakota", "b", "c", "d", "e") == [0.6, 0.6, 0.6]


def test_a_dot_vanishes_unless_a_digit_follows():
    assert _values("12.", "12") == [1, 1, 0]
    assert _values("12.5", "12.5") == [1, 1, 1]


def test_a_dot_after_a_digit_stays():
    assert _values("12.", "12.") == [1, 1, 1]
    assert _values("12", "12.") == [1, 1, 0]


def test_the_genitive_s_is_a_word_of_its_own():
    assert _values("mcdonald 's", "mcdonald's") == [1, 1, 0]


def test_a_comma_between_digits_makes_all_punctuation_vanish():
    assert _values("1,000-2,000", "10002000") == [0, 0, 1]
    assert _values("1000-2000", "1000 2000") == [1, 1, 1]


def test_the_thirty_third_dot_stays():
    assert _values("x. " * 33, "x " * 33) == [0, 0, 0]
    assert _values("x. " * 32, "x " * 32) == [1, 1, 1]


def test_an_answer_of_articles_only_equals_a_gold_of_articles_only():
    assert _values("the", "a") == [1, 1, 1]


def test_a_blank_answer_is_unparsed_even_where_the_golds_are_articles():
    for protocol in TEXTVQA.protocols.values():
        assert protocol.mark(_sample(answers=["a"] * 10), " \n") == Mark("34602", 0.0, None, "empty")
