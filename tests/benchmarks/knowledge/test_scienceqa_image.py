import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.knowledge.scienceqa_image import SCIENCEQA_IMAGE

OPTIONS = ("a red", "blue", "b-c", "none")


def _row(**changes):
    row = {
        "image": Picture.of(b"x"),
        "question": "Q?",
        "choices": list(OPTIONS),
        "answer": 1,
        "hint": "",
        "grade": "grade5",
        "subject": "natural science",
    }
    return {**row, **changes}


def _sample(**changes):
    (sample,) = SCIENCEQA_IMAGE.to_samples({"default": [_row(**changes)]})
    return sample


def _read(protocol, answer):
    return SCIENCEQA_IMAGE.protocol(protocol).mark(_sample(), answer).extracted


def test_questions_without_a_picture_are_left_out_and_ids_count_all_rows():
    rows = [_row(), _row(image=None, answer=-1), _row(answer=2)]
    samples = list(SCIENCEQA_IMAGE.to_samples({"default": rows}))
    assert [(sample.id, sample.answers) for sample in samples] == [("0", ("B",)), ("2", ("C",))]


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": 4},
        {"answer": -1},
        {"answer": None},
        {"answer": float("nan")},
        {"choices": []},
        {"choices": None},
        {"choices": ["a", None]},
        {"question": " "},
        {"question": float("nan")},
        {"subject": None},
        {"image": b"not a picture"},
    ],
)
def test_a_broken_row_is_named(changes):
    with pytest.raises(InvalidData, match=r"scienceqa_image row 0 has .*, expected "):
        _sample(**changes)


def test_prompts_follow_their_harness():
    listed = "A. a red\nB. blue\nC. b-c\nD. none"
    suffix = "Answer with the option's letter from the given choices directly."
    only = "Please answer directly with only the letter of the correct option and nothing else."
    select = "Please select the correct answer from the options above. \n"
    plain, hinted = _sample(), _sample(hint="H.")
    assert [protocol.prompt(plain) for protocol in SCIENCEQA_IMAGE.protocols.values()] == [
        f"Q?\n{listed}\n{only}",
        f"Q?\n{listed}\n{suffix}",
        f"Question: Q?\nOptions:\n{listed}\n{select}",
    ]
    assert [protocol.prompt(hinted) for protocol in SCIENCEQA_IMAGE.protocols.values()] == [
        f"H. Q?\n{listed}\n{only}",
        f"Context: H.\nQ?\n{listed}\n{suffix}",
        f"Hint: H.\nQuestion: Q?\nOptions:\n{listed}\n{select}",
    ]


def test_gold_letters_mark_one_under_every_protocol():
    for protocol in SCIENCEQA_IMAGE.protocols.values():
        assert [protocol.mark(_sample(), letter).value for letter in "ABCD"] == [0.0, 1.0, 0.0, 0.0]


def test_the_text_of_the_option_counts_but_not_with_its_letter_in_brackets():
    assert _read("cambrian", "Blue!") == "B"
    assert _read("cambrian", "(B) blue") is None


def test_a_bracketed_letter_is_wrong():
    assert _read("cambrian", "(B)") is None
    assert _read("cambrian", "B. blue") == "B"


def test_a_colon_after_answer_is_hides_the_letter():
    assert _read("cambrian", "The answer is: B") is None
    assert _read("cambrian", "The answer is B") == "B"


def test_a_letter_followed_by_anything_but_a_dot_is_wrong():
    assert _read("lmms_eval", "B. blue") == "B"
    assert _read("lmms_eval", "B) blue") is None


def test_a_lower_case_letter_with_a_dot_is_wrong():
    assert _read("lmms_eval", "b.") is None
    assert _read("lmms_eval", "b") == "B"


def test_a_sentence_with_the_letter_is_wrong():
    assert _read("lmms_eval", "The answer is B") is None


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    assert SCIENCEQA_IMAGE.protocol("vlmevalkit").mark(_sample(), "d").rule == "judge"


def test_answer_is_about_answers_a():
    assert _read("vlmevalkit", "The answer is about nothing that one can see in here") == "A"


def test_the_article_a_is_taken_for_option_a():
    assert _read("vlmevalkit", "A blue thing") == "A"
