import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.knowledge.mmmu import MMMU, PICTURES

ONE, TWO, THREE = (Picture.of(data) for data in (b"1", b"2", b"3"))
OPTIONS = ("a red", "blue", "it's", "both cats")


def _row(**changes):
    row = dict.fromkeys(PICTURES) | {
        "id": "validation_Art_Theory_7",
        "question": "Is <image 1> like <image 2>?",
        "options": str(list(OPTIONS)),
        "answer": "B",
        "question_type": "multiple-choice",
        "image_1": ONE,
        "image_2": TWO,
    }
    return {**row, **changes}


def _sample(**changes):
    (sample,) = MMMU.to_samples({"default": [_row(**changes)]})
    return sample


def _open(gold="7", **changes):
    return _sample(question_type="open", options="[]", answer=gold, **changes)


def _read(protocol, answer, sample=None):
    return MMMU.protocol(protocol).mark(sample or _sample(), answer).extracted


def _values(answer, gold):
    return [protocol.mark(_open(gold), answer).value for protocol in MMMU.protocols.values()]


def test_a_row_becomes_a_sample_with_all_its_pictures():
    sample = _sample()
    assert (sample.id, sample.category, sample.kind) == ("validation_Art_Theory_7", "Art_Theory", "4 options")
    assert (sample.pictures, sample.choices, sample.answers) == ((ONE, TWO), OPTIONS, ("B",))
    assert sample.cluster == ONE.digest
    assert (_open().choices, _open().answers, _open().kind) == ((), ("7",), "open")


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "E"},
        {"answer": "AB"},
        {"answer": ""},
        {"options": "[]"},
        {"options": "['a', 'b'"},
        {"options": "['a', 2]"},
        {"options": None},
        {"question": None},
        {"question": float("nan")},
        {"question_type": "essay"},
        {"id": "Art_Theory"},
        {"image_1": None},
        {"image_2": None},
        {"question": "see <image 3>"},
        {"question_type": "open", "answer": " "},
    ],
)
def test_a_broken_row_is_named(changes):
    with pytest.raises(InvalidData, match="expected "):
        _sample(**changes)


def test_prompts_follow_their_harness():
    suffix = "Answer with the option's letter from the given choices directly."
    question, options = "Is <image 1> like <image 2>?", "A. a\nB. b"
    assert [protocol.prompt(_sample(options="['a', 'b']")) for protocol in MMMU.protocols.values()] == [
        f"Is  like ? Options:\n{options}\n{suffix}",
        f"{question}\n{options}\n\n{suffix}",
        f"Question: {question}\nOptions:\n{options}\nPlease select the correct answer from the options above. \n",
    ]
    short = "Answer the question using a single word or phrase."
    assert [protocol.prompt(_open()) for protocol in MMMU.protocols.values()] == [
        f"Is  like ?\n{short}",
        f"{question}\n\n{short}",
        f"Question: {question}\n",
    ]


def test_gold_answers_mark_one_under_every_protocol():
    for protocol in MMMU.protocols.values():
        assert [protocol.mark(_sample(), letter).value for letter in "ABCD"] == [0.0, 1.0, 0.0, 0.0]
    assert _values("7", "7") == _values("Berlin", "Berlin") == [1, 1, 1]


def test_only_the_first_picture_is_shown_and_the_marks_of_all_vanish():
    message = MMMU.protocol("cambrian").message(_sample())
    assert message[0] == ONE
    assert len(message) == 2
    assert "<image" not in str(message[1])


def test_an_option_in_double_quotes_vanishes_and_an_apostrophe_splits_it():
    prompt = MMMU.protocol("cambrian").prompt
    assert '\nA. a red\nB. blue\nC. s", \nAnswer' in prompt(_sample())
    assert "\nA. a\nAnswer" in prompt(_sample(options="""['a', "b"]"""))


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because") == "B"


def test_the_tolerance_belongs_to_the_answer():
    assert _values("105.2", "100") == [1, 0, 0]
    assert _values("95.2", "100") == [0, 0, 0]


def test_infinity_answers_every_number():
    assert _values("inf", "7") == [1, 0, 0]


def test_the_marks_of_the_pictures_stay_in_the_words():
    message = MMMU.protocol("lmms_eval").message(_sample(image_3=THREE))
    assert message[:2] == (ONE, TWO)
    assert "Is <image 1> like <image 2>?" in str(message[2])


def test_an_option_that_upstream_draws_at_random_is_unparsed_here():
    assert MMMU.protocol("lmms_eval").mark(_sample(), "I cannot tell").rule == "random guess"
    assert _read("lmms_eval", "b") is None


def test_the_end_of_a_word_counts_as_a_letter():
    assert _read("lmms_eval", "no DNA here") == "A"


def test_of_letters_that_never_stand_between_blanks_the_first_on_offer_wins():
    assert _read("lmms_eval", "C.x then B.y") == "B"


def test_an_open_gold_counts_inside_any_word():
    assert _values("concatenate", "cat") == [0, 1, 1]


def test_an_open_gold_with_an_equals_sign_does_not_mark_itself():
    assert _values("x = 5", "x = 5") == [1, 0, 1]


def test_a_picture_stands_where_its_mark_stood():
    sample = _sample(question="Is <image 2> like <image 1>?", options="['<image 1>', 'none']")
    message = MMMU.protocol("vlmevalkit").message(sample)
    assert message[:5] == ("Question: Is ", TWO, " like ", ONE, "?\nOptions:\nA. ")
    assert message[5] == ONE


def test_a_bare_a_answers_an_open_question():
    assert _values("A", "Berlin") == [0, 0, 1]
    assert _values("I see A cat", "Berlin") == [0, 0, 1]


def test_an_open_gold_that_is_a_capital_letter_is_read_as_an_option():
    assert MMMU.protocol("vlmevalkit").mark(_open("B"), "Other Answers").value == 1.0
    assert MMMU.protocol("vlmevalkit").mark(_open("C"), "C").value == 0.0


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    assert MMMU.protocol("vlmevalkit").mark(_sample(), "d").rule == "judge"


def test_the_article_a_is_taken_for_option_a():
    assert _read("vlmevalkit", "A blue thing") == "A"
