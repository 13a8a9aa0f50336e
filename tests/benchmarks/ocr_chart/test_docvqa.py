import pytest

from benchmarks.card import Mark, Picture
from benchmarks.errors import InvalidData
from benchmarks.ocr_chart.docvqa import DOCVQA

ROW = {
    "questionId": "49153",
    "question": "What is the ‘actual’ value per 1000, during the year 1975?",
    "question_types": ["table/list", "figure/diagram"],
    "image": Picture.of(b"x"),
    "ucsf_document_id": "pybv0228",
    "answers": ["0.28"],
}


def _sample(**cells):
    (sample,) = DOCVQA.to_samples({"DocVQA": [ROW | cells]})
    return sample


def _values(answer, *golds):
    return [protocol.mark(_sample(answers=list(golds)), answer).value for protocol in DOCVQA.protocols.values()]


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample(question="What?")) for protocol in DOCVQA.protocols.values()] == [
        "What?\nGive the short answer directly.",
        "What?\nAnswer the question using a single word or phrase.",
        "What?\nAnswer the question using a single word or phrase.",
    ]


def test_pages_of_one_document_are_one_cluster_and_the_types_are_the_kind():
    sample = _sample()
    assert (sample.id, sample.cluster, sample.kind) == ("49153", "pybv0228", "figure/diagram, table/list")


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("answers", []),
        ("answers", None),
        ("answers", ["x", ""]),
        ("question_types", None),
        ("questionId", 1.5),
        ("ucsf_document_id", None),
        ("question", "\n"),
        ("image", None),
    ],
)
def test_a_bad_cell_is_refused_with_its_row(column, cell):
    with pytest.raises(InvalidData, match=f"docvqa row 0 has {column}"):
        _sample(**{column: cell})


def test_case_and_blanks_are_forgiven_and_the_best_gold_counts():
    assert _values("  THE  Acme\nCo ", "x", "the acme co") == [1, 1, 1]
    assert _values("acme", "acne") == [0.75, 0.75, 0.75]


def test_blanks_vanish_from_the_distance_and_count_in_the_length():
    assert _values("a  b  c", "a b d") == [1 - 1 / 7] * 3
    assert _values("a b c", "a b d") == [0.8] * 3


def test_blanks_around_the_answer_count_in_the_length():
    assert _values("\nhallo    ", "hello") == [0.8, 0.8, 0.9]
    assert _values("x" + " " * 9, "5") == [0, 0, 0.9]


def test_a_letter_with_two_capitals_counts_twice_in_the_length():
    assert _values("Gru\u00dfa", "Gru\u00dfe") == [1 - 1 / 6] * 3
    assert _values("\u00df" * 9, "5") == [0.5] * 3


def test_one_half_is_enough():
    assert _values("ab", "a") == [0.5] * 3
    assert _values("abc", "a") == [0] * 3


def test_a_blank_answer_is_unparsed_though_upstream_may_pay_for_its_blanks():
    for protocol in DOCVQA.protocols.values():
        assert protocol.mark(_sample(answers=["5"]), " " * 9) == Mark("49153", 0.0, None, "empty")
