import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.knowledge.mathvista import MATHVISTA


def _row(**changes):
    row = {
        "pid": "12",
        "question": "Which?",
        "decoded_image": Picture.of(b"x"),
        "choices": ["red", "blue", "f(x)"],
        "unit": None,
        "precision": None,
        "answer": "blue",
        "question_type": "multi_choice",
        "answer_type": "text",
        "metadata": {"task": "geometry problem solving", "category": "math-targeted-vqa"},
        "query": "Hint: h.\nQuestion: Which?\nChoices:\n(A) red\n(B) blue\n(C) f(x)",
    }
    return {**row, **changes}


def _sample(**changes):
    (sample,) = MATHVISTA.to_samples({"default": [_row(**changes)]})
    return sample


def _free(gold, wanted="integer", precision=None, **changes):
    return _sample(
        question_type="free_form", choices=None, answer=gold, answer_type=wanted, precision=precision, **changes
    )


def _marks(sample, answer):
    return [protocol.mark(sample, answer) for protocol in MATHVISTA.protocols.values()]


def _values(sample, answer):
    return [mark.value for mark in _marks(sample, answer)]


def _read(sample, answer):
    return [mark.extracted for mark in _marks(sample, answer)]


def test_a_row_becomes_a_sample():
    sample = _sample()
    assert (sample.id, sample.answers, sample.kind) == ("12", ("B",), "3 options")
    assert sample.category == "geometry problem solving"
    assert (_free("7").choices, _free("7").answers, _free("7").kind) == ((), ("7",), "integer")


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "green"},
        {"answer": None},
        {"choices": []},
        {"choices": None},
        {"answer_type": "integer"},
        {"question_type": "essay"},
        {"question_type": "free_form"},
        {"question_type": "free_form", "answer_type": "float", "precision": None},
        {"question_type": "free_form", "answer_type": "float", "precision": float("nan")},
        {"query": " "},
        {"pid": None},
        {"decoded_image": None},
        {"metadata": {"task": None}},
        {"metadata": None},
    ],
)
def test_a_broken_row_is_named(changes):
    with pytest.raises(InvalidData, match=r"mathvista row .* expected "):
        _sample(**changes)


def test_prompts_follow_their_harness():
    query = _row()["query"]
    assert [protocol.prompt(_sample()) for protocol in MATHVISTA.protocols.values()] == [
        f"{query}\nFirst show your reasoning process and then give the final answer.",
        "Which?\nA. red\nB. blue\nC. f(x)\nAnswer with the option's letter from the given choices directly.",
        query,
    ]
    asked = [protocol.prompt(_free("7", unit="$")) for protocol in MATHVISTA.protocols.values()]
    assert asked == [
        f"{query}\nAnswer the question using a single word or phrase.",
        "Which? (Unit: $)\nAnswer the question using a single integer number.",
        query,
    ]


@pytest.mark.parametrize(
    ("wanted", "precision", "hint"),
    [
        ("float", 1.0, "a single floating-point number with one decimal place."),
        ("float", 2, "a single floating-point number with two decimal places."),
        ("list", None, "a Python list."),
    ],
)
def test_the_hint_names_the_kind_of_number(wanted, precision, hint):
    prompt = MATHVISTA.protocol("lmms_eval").prompt(_free("7", wanted, precision))
    assert prompt == f"Which?\nAnswer the question using {hint}"


def test_gold_answers_mark_one_where_no_judge_is_asked():
    assert _values(_sample(), "B") == [1, 0, 1]
    assert _values(_sample(), "blue") == [0, 1, 1]
    assert _values(_free("7"), "7") == [1, 1, 1]
    assert _values(_free("1.5", "float", 1), "1.5") == [1, 1, 1]


def test_steps_are_asked_for_but_only_a_letter_alone_counts():
    assert "reasoning process" in MATHVISTA.protocol("cambrian").prompt(_sample())
    assert _read(_sample(), "B. blue")[0] is None
    assert _read(_sample(), "The answer is B")[0] is None
    assert _read(_sample(), " b ")[0] == "B"


def test_of_equal_options_the_last_is_the_gold():
    assert _sample(choices=["x", "x", "y"], answer="x").answers == ("B",)


def test_the_tolerance_belongs_to_the_answer():
    assert _values(_free("100"), "105.2") == [1, 0, 0]
    assert _values(_free("100"), "95.2") == [0, 0, 0]


def test_infinity_answers_every_number():
    assert _values(_free("7"), "inf") == [1, 0, 0]


def test_a_letter_goes_to_the_judge_and_is_unparsed_here():
    assert _marks(_sample(), "B")[1].rule == "judge"


def test_an_option_with_a_bracketed_letter_stands_for_another_option():
    assert _read(_sample(answer="f(x)"), "f(x)")[1] == "A"


def test_an_empty_answer_is_upstream_the_shortest_option_and_unparsed_here():
    assert _marks(_sample(answer="red"), "")[1].rule == "empty"


def test_a_precision_stored_as_a_float_loses_every_decimal_number():
    assert _values(_free("1.5", "float", 1.0), "1.5") == [1, 0, 1]
    assert _marks(_free("1.5", "float", 1.0), "1.5")[1].rule == "number lost"


def test_a_list_goes_to_the_judge_and_is_unparsed_here():
    assert [mark.rule for mark in _marks(_free("[1, 2]", "list"), "[1, 2]")] == ["equal", "judge", "judge"]


def test_zero_and_every_wrong_number_go_to_the_judge_and_are_unparsed_here():
    assert _values(_free("0"), "0") == [1, 1, 0]
    assert _marks(_free("0"), "0")[2].rule == "judge"
    assert _marks(_free("7"), "8")[2].rule == "judge"


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    assert _marks(_sample(choices=["red", "green", "old tree", "dog"], answer="dog"), "b")[2].rule == "judge"
