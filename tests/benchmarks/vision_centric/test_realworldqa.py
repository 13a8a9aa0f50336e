import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.vision_centric.realworldqa import REALWORLDQA

CHOICE = (
    "Which way does the car face?\n\nA. Left\nB. Straight ahead\nC. Right\n"
    "Please answer directly with only the letter of the correct option and nothing else."
)
PICTURE = Picture.of(b"x")
OPEN = "How many cars are there?\nPlease answer directly with a single word or number."


def _sample(question=CHOICE, answer="C", image=PICTURE):
    (sample,) = REALWORLDQA.to_samples({"default": [{"question": question, "answer": answer, "image": image}]})
    return sample


def _mark(protocol, answer, question=CHOICE, gold="C"):
    return REALWORLDQA.protocol(protocol).mark(_sample(question, gold), answer)


def test_options_are_read_from_the_question():
    sample = _sample()
    assert sample.question == "Which way does the car face?"
    assert sample.choices == ("Left", "Straight ahead", "Right")
    assert (sample.kind, _sample(OPEN, "3").kind) == ("3 options", "open, how")


@pytest.mark.parametrize(
    ("question", "answer"),
    [(OPEN, "3"), (CHOICE, "D"), (CHOICE, "Right"), ("Which?\nB. Left\nA. Right", "A"), ("Is it?\nA. Yes", "A")],
)
def test_a_question_without_an_ordered_list_that_holds_the_answer_is_open(question, answer):
    sample = _sample(question, answer)
    assert (sample.choices, sample.question) == ((), question)


@pytest.mark.parametrize(("question", "answer"), [("", "A"), (CHOICE, " "), (CHOICE, None), (float("nan"), "A")])
def test_a_row_without_question_or_answer_is_named(question, answer):
    with pytest.raises(InvalidData, match="realworldqa row 0"):
        _sample(question, answer)


def test_a_row_without_an_image_is_named():
    with pytest.raises(InvalidData, match="realworldqa row 0 has image None"):
        _sample(image=None)


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample(f"{CHOICE} \n")) for protocol in REALWORLDQA.protocols.values()] == [
        f"{CHOICE} \n",
        CHOICE,
        "Question: Which way does the car face?\nOptions:\nA. Left\nB. Straight ahead\nC. Right\n"
        "Please select the correct answer from the options above. \n",
    ]
    assert REALWORLDQA.protocol("vlmevalkit").prompt(_sample(OPEN, "3")) == f"Question: {OPEN}\n"


def test_a_letter_with_a_dot_and_its_text_is_wrong():
    assert (_mark("cambrian", "C. Right").value, _mark("cambrian", "C.").value) == (0.0, 1.0)
    assert _mark("lmms_eval", "C. Right").value == _mark("vlmevalkit", "C. Right").value == 1.0


def test_a_gold_of_two_words_is_never_met():
    assert _mark("cambrian", "traffic light", OPEN, "traffic light").value == 0.0
    assert _mark("lmms_eval", "Traffic light.", OPEN, "traffic light").value == 1.0


@pytest.mark.parametrize("answer", ["The answer is", "answer: .", "The answer is: \n", "..."])
def test_nothing_after_the_phrase_crashes_upstream_and_is_unparsed_here(answer):
    mark = _mark("cambrian", answer)
    assert (mark.value, mark.parsed) == (0.0, answer == "The answer is: \n")


def test_a_capital_letter_inside_a_word_after_the_phrase_counts():
    assert _mark("lmms_eval", "I think the answer is Clear, as seen").value == 1.0


def test_a_lower_case_letter_is_no_answer():
    assert not _mark("lmms_eval", "c").parsed
    assert _mark("cambrian", "c").value == 1.0


def test_a_number_word_is_not_the_number():
    assert _mark("lmms_eval", "three", OPEN, "3").value == _mark("cambrian", "three", OPEN, "3").value == 0.0
    assert _mark("lmms_eval", "3.", OPEN, "3").value == 1.0


def test_an_open_question_has_no_options_here_and_is_marked_by_equality():
    assert _mark("vlmevalkit", "Yes", OPEN, "yes").value == 1.0
    assert _mark("vlmevalkit", "Yes.", OPEN, "yes").value == 0.0
    assert _mark("vlmevalkit", "turn right", CHOICE, "C").value == 1.0
