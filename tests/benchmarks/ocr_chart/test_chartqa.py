import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.ocr_chart.chartqa import CHARTQA


def _sample(gold="5", question="What is it?"):
    row = {"type": "human_test", "question": question, "answer": gold, "image": Picture.of(b"x")}
    (sample,) = CHARTQA.to_samples({"default": [row]})
    return sample


def _values(answer, gold):
    return [protocol.mark(_sample(gold), answer).value for protocol in CHARTQA.protocols.values()]


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample()) for protocol in CHARTQA.protocols.values()] == [
        "What is it?\nAnswer the question using a single number or phrase.",
        "What is it?\nAnswer the question with a single word.",
        "What is it?\nAnswer the question using a single word or phrase.",
    ]


def test_the_question_type_is_the_half_and_the_opening_word():
    assert _sample(question="How many?").kind == "human_test, how"
    assert _sample(question="Count them").kind == "human_test, other"


@pytest.mark.parametrize(("column", "cell"), [("question", " "), ("answer", None), ("type", 3), ("image", None)])
def test_a_bad_cell_is_refused_with_its_row(column, cell):
    row = {"type": "human_test", "question": "How many?", "answer": "5", "image": Picture.of(b"x")} | {column: cell}
    with pytest.raises(InvalidData, match=f"chartqa row 0 has {column} {cell!r}"):
        list(CHARTQA.to_samples({"default": [row]}))


def test_a_year_off_by_a_century_counts():
    assert _values("2100", gold="2010") == [1, 1, 1]


def test_a_per_cent_sign_makes_a_number_a_word():
    assert _values("51%", gold="51") == [0, 0, 0]
    assert _values("52%", gold="51%")[0] == 0


def test_a_thousands_separator_makes_a_number_a_word():
    assert _values("1,000", gold="1000") == [0, 0, 0]
    assert _values("1,000", gold="1,000") == [1, 1, 1]


def test_a_per_cent_sign_divides_by_a_hundred():
    assert _values("51%", gold="0.51") == [0, 1, 1]


def test_a_gold_of_zero_accepts_only_the_same_string():
    assert _values("0.0", gold="0") == [1, 0, 0]
    assert _values("0", gold="0") == [1, 1, 1]


def test_a_trailing_dot_after_a_word_makes_the_answer_wrong():
    assert _values("Yes.", gold="Yes") == [0, 0, 0]
    assert _values("12.", gold="12") == [1, 1, 1]


def test_a_gold_that_looks_like_a_list_accepts_any_of_its_items():
    assert _values("2012", gold="[2012, 1950]") == [0, 0, 1]
    assert _values("[2012, 1950]", gold="[2012, 1950]")[:2] == [1, 1]
    assert _values("[Yes, No]", gold="[Yes, No]") == [1, 1, 1]


@pytest.mark.parametrize(
    ("answer", "gold", "marks"),
    [
        ("None", "None", [1, 1, 1]),
        ("none.", "None", [0, 0, 0]),
        ("1_000", "1000", [1, 1, 1]),
        ("\u0665", "5", [1, 1, 1]),
        ("nan", "nan", [0, 0, 0]),
        ("5", "inf", [1, 0, 0]),
        ("1e400", "5", [0, 0, 0]),
        ("5%%", "0.05", [0, 1, 1]),
        ("$5", "5", [0, 0, 0]),
        ("100 %", "1", [0, 1, 1]),
        ("0%", "0%", [1, 1, 1]),
        ("1949", "[1950]", [0, 0, 1]),
        ("51%", "[50, '50%']", [0, 0, 1]),
        ("yes", "['Yes', 'No']", [0, 0, 1]),
        ("Yes, No", "[Yes, No]", [0, 0, 0]),
    ],
)
def test_golden_vectors_of_odd_numbers_and_lists(answer, gold, marks):
    assert _values(answer, gold) == marks
