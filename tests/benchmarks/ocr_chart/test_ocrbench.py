import pytest

from benchmarks.card import Mark, Picture
from benchmarks.errors import InvalidData
from benchmarks.ocr_chart.ocrbench import FORMULA_SET, FORMULAS, OCRBENCH

ROW = {
    "dataset": "IIIT5K",
    "question": "what is written in the image?",
    "question_type": "Regular Text Recognition",
    "answer": ["CENTRE"],
    "image": Picture.of(b"x"),
}


def _sample(**cells):
    (sample,) = OCRBENCH.to_samples({"default": [ROW | cells]})
    return sample


def _formula(*golds, **cells):
    return _sample(answer=list(golds), question_type=FORMULAS, dataset=FORMULA_SET, **cells)


def _values(answer, sample):
    return [protocol.mark(sample, answer).value for protocol in OCRBENCH.protocols.values()]


def test_prompts_follow_their_harness():
    sample = _sample(question="what is it? ")
    assert [protocol.prompt(sample) for protocol in OCRBENCH.protocols.values()] == [
        "what is it? \nGive the short answer directly.",
        "what is it?",
        "what is it? ",
    ]


def test_the_question_type_is_the_kind_and_the_category():
    assert (_sample().kind, _sample().category) == ("Regular Text Recognition",) * 2


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("answer", []),
        ("answer", ["x", " "]),
        ("answer", "x"),
        ("question", None),
        ("question_type", ""),
        ("image", None),
    ],
)
def test_a_bad_cell_is_refused_with_its_row(column, cell):
    with pytest.raises(InvalidData, match=f"ocrbench row 0 has {column}"):
        _sample(**{column: cell})


def test_the_score_is_the_number_of_right_answers_on_a_scale_of_a_thousand():
    samples = [_sample()] * 4
    marks = [Mark(samples[0].id, value, "", "") for value in (1.0, 1.0, 1.0, 0.0)]
    for protocol in OCRBENCH.protocols.values():
        assert protocol.pool(samples, marks) == 750.0
        assert protocol.pool(samples, marks) / OCRBENCH.column.per_suite_point == 75.0
    assert OCRBENCH.column.published_max == 1000


def test_the_flag_that_penalises_extra_words_is_off_in_a_normal_run():
    assert _values("The word is centre.", _sample()) == [1, 1, 1]


def test_a_gold_within_a_longer_word_or_number_counts():
    assert _values("epicentres", _sample()) == [1, 1, 1]
    assert _values("21", _sample(answer=["1"])) == [1, 1, 1]


def test_blanks_in_a_formula_vanish_and_its_case_counts():
    formula = _formula("\\frac { x } { 2 }")
    assert _values("\\frac{x}{2}", formula) == [1, 1, 1]
    assert _values("\\frac\n{x} {2} = 1", formula) == [1, 1, 1]
    assert _values("\\frac{X}{2}", formula) == [0, 0, 0]
    assert _values("c e n t r e", _sample()) == [0, 0, 0]


def test_full_width_characters_equal_their_plain_forms_except_in_formulas():
    assert _values("\uff23\uff25\uff2e\uff34\uff32\uff25", _sample()) == [0, 1, 0]
    assert _values("\uff11", _formula("1")) == [0, 0, 0]


def test_a_formula_is_known_by_its_dataset_and_not_by_its_kind():
    assert _values("X", _sample(answer=["x"], dataset=FORMULA_SET)) == [1, 0, 1]
    assert _values("X", _sample(answer=["x"], question_type=FORMULAS)) == [0, 1, 0]


def test_any_of_the_golds_counts():
    assert _values("centre", _sample(answer=["middle", "centre"])) == [1, 1, 1]


def test_a_blank_answer_is_unparsed():
    for protocol in OCRBENCH.protocols.values():
        assert protocol.mark(_sample(), "\u3000\n") == Mark("0", 0.0, None, "empty")
