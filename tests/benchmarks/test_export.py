import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.card import Picture, Sample
from benchmarks.errors import InvalidData, UnknownName
from benchmarks.export import EXPORTS, find_export
from benchmarks.general.mmbench import MMBENCH, MMBENCH_TEST
from benchmarks.ocr_chart.docvqa import DOCVQA, DOCVQA_TEST
from benchmarks.ocr_chart.textvqa import TEXTVQA, TEXTVQA_TEST
from tests.benchmarks.test_sheet import read

SMALL = {name: replace(export, rows=None) for name, export in EXPORTS.items()}
TEXTS = st.text()


def _asked(*names: str, choices: tuple[str, ...] = ()) -> list[Sample]:
    return [Sample(name, f"q {name}?", (Picture.of(b"x"),), choices, (), "", "", "") for name in names]


def test_docvqa_test_is_a_list_of_numbered_answers():
    written = SMALL["docvqa-test"].file(_asked("57349", "7"), [("7", " no\u00ebl\n"), ("57349", "5")])
    assert json.loads(written) == [{"questionId": 57349, "answer": "5"}, {"questionId": 7, "answer": "no\u00ebl"}]


def test_textvqa_test_is_a_list_of_numbered_answers():
    written = SMALL["textvqa-test"].file(_asked("39602"), [("39602", "ale")])
    assert json.loads(written) == [{"question_id": 39602, "answer": "ale"}]


def test_mmbench_test_is_a_sheet_with_an_empty_column_for_the_gold():
    written = SMALL["mmbench-test"].file(_asked("1000241", choices=("red", "blue")), [("1000241", "B")])
    assert read(written) == [
        ["index", "question", "A", "B", "C", "D", "prediction", "answer"],
        [1000241, "q 1000241?", "red", "blue", "", "", "B", ""],
    ]


@pytest.mark.parametrize("export", SMALL.values(), ids=lambda export: export.name)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5), seed=st.randoms())
def test_the_order_of_the_answers_does_not_matter(export, texts, seed):
    names = [str(place) for place in range(len(texts))]
    answers = list(zip(names, texts, strict=True))
    shuffled = list(answers)
    seed.shuffle(shuffled)
    assert export.file(_asked(*names), answers) == export.file(_asked(*names), shuffled)


@pytest.mark.parametrize("export", SMALL.values(), ids=lambda export: export.name)
@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([("1", "a")], "1 not answered: 2"),
        ([], "2 not answered: 1, 2"),
        ([("1", "a"), ("2", "b"), ("1", "a")], "1 answered twice: 1"),
        ([("1", "a"), ("2", "b"), ("3", "c")], "1 answered but not asked: 3"),
    ],
)
def test_every_question_is_answered_exactly_once(export, answers, message):
    with pytest.raises(InvalidData, match=f"{export.name}: {message}"):
        export.file(_asked("1", "2"), answers)


@pytest.mark.parametrize("export", SMALL.values(), ids=lambda export: export.name)
def test_a_question_is_asked_once_and_known_by_a_number(export):
    with pytest.raises(InvalidData, match="1 questions came twice"):
        export.file(_asked("1", "1"), [("1", "a")])
    with pytest.raises(InvalidData, match="whole numbers, '1b' is none"):
        export.file(_asked("1b"), [("1b", "a")])


def test_a_message_names_a_few_of_many():
    names = [str(number) for number in range(20)]
    with pytest.raises(InvalidData, match=r"20 not answered: 0, 1, 2, 3, 4, \.\.\."):
        SMALL["docvqa-test"].file(_asked(*names), [])


@pytest.mark.parametrize(("name", "rows"), [("docvqa-test", "5,188"), ("textvqa-test", "5,734")])
def test_a_part_of_the_questions_is_refused(name, rows):
    with pytest.raises(InvalidData, match=f"{name} has {rows} questions, 1 came"):
        EXPORTS[name].file(_asked("1"), [("1", "a")])


def test_a_question_with_more_options_than_the_sheet_is_refused():
    with pytest.raises(InvalidData, match="has 5 options"):
        SMALL["mmbench-test"].file(_asked("1", choices=tuple("abcde")), [("1", "A")])


def test_an_unknown_export_is_told_the_nearest():
    assert find_export("docvqa-test") is EXPORTS["docvqa-test"]
    with pytest.raises(UnknownName, match="Did you mean 'docvqa-test'"):
        find_export("docvqa_test")


def test_the_test_splits_are_asked_as_the_validation_splits_but_have_no_answers():
    row = {"questionId": "1", "question": "Who?", "image": Picture.of(b"x"), "ucsf_document_id": "d"}
    (sample,) = DOCVQA_TEST.to_samples({"DocVQA": [row]})
    assert (sample.answers, sample.id) == ((), "1")
    row = {"question_id": 1, "question": "Who?", "image": Picture.of(b"x"), "image_id": "i", "ocr_tokens": ["a"]}
    (sample,) = TEXTVQA_TEST.to_samples({"default": [row]})
    assert (sample.answers, sample.id) == ((), "1")
    row = {"index": 1000241, "question": "Who?", "hint": "nan", "A": "x", "B": "y", "C": "nan", "D": "nan"}
    row = {**row, "category": "ocr", "image": Picture.of(b"x"), "source": "web"}
    (sample,) = MMBENCH_TEST.to_samples({"default": [row]})
    assert (sample.answers, sample.id, sample.choices) == ((), "1000241", ("x", "y"))
    assert "answer" not in MMBENCH_TEST.columns["default"]
    for test, scored in ((DOCVQA_TEST, DOCVQA), (TEXTVQA_TEST, TEXTVQA), (MMBENCH_TEST, MMBENCH)):
        assert test.protocols is scored.protocols
        assert test.source.split == "test"
        assert test.source.rows == (find_export(test.name.replace("_", "-")).rows or 0)
        assert find_export(test.name.replace("_", "-")).benchmark == test.name
