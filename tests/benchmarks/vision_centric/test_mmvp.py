import pytest

from benchmarks.blind import best_constant, uniform_guess
from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.vision_centric.mmvp import MMVP, MMVP_CORRECTED

OPTIONS = "(a) Open (b) Closed"
SUFFIX = "Answer with the option's letter from the given choices directly."


def _row(index="7", **changed):
    row = {"Index": index, "Question": "Are the wings open?", "Options": OPTIONS, "Correct Answer": "(b)"}
    return {**row, "image": Picture.of(index.encode()), **changed}


def _sample(**changed):
    (sample,) = MMVP.to_samples({"default": [_row(**changed)]})
    return sample


def _read(protocol, answer, **changed):
    return MMVP.protocol(protocol).mark(_sample(**changed), answer).extracted


def _pairs(count):
    answers = ("(a)", "(b)")
    rows = [_row(str(i + 1), **{"Correct Answer": answers[i % 2]}) for i in range(2 * count)]
    return list(MMVP.to_samples({"default": rows}))


def test_a_row_becomes_a_question_with_two_options_and_a_pair():
    sample = _sample()
    assert (sample.id, sample.choices, sample.answers, sample.cluster) == ("7", ("Open", "Closed"), ("B",), "4")
    assert [_sample(index=str(i)).cluster for i in (1, 2, 3, 300)] == ["1", "1", "2", "150"]


@pytest.mark.parametrize(
    "changed",
    [
        {"index": "0"},
        {"index": "first"},
        {"index": ""},
        {"Question": ""},
        {"Options": "Open or closed"},
        {"Options": "(a) Open"},
        {"Options": "(a) (b) Closed"},
        {"Correct Answer": "(c)"},
        {"Correct Answer": float("nan")},
        {"image": None},
    ],
)
def test_a_row_that_is_no_question_is_named(changed):
    with pytest.raises(InvalidData, match="mmvp row"):
        _sample(**changed)


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample()) for protocol in MMVP.protocols.values()] == [
        f"Are the wings open? Options:\nA. Open\nB. Closed\n{SUFFIX}",
        f"Are the wings open?\nA. Open\nB. Closed\n{SUFFIX}",
        "Question: Are the wings open?\nOptions:\nA. Open\nB. Closed\n"
        "Please select the correct answer from the options above. \n",
    ]


def test_a_letter_with_its_text_is_wrong():
    assert _read("cambrian", "B. Closed") is None
    assert _read("lmms_eval", "B. Closed") == _read("vlmevalkit", "B. Closed") == "B"


def test_the_text_of_an_option_counts_as_its_letter():
    assert _read("cambrian", "closed.") == "B"
    assert _read("lmms_eval", "closed.") is None


def test_a_bracket_in_an_option_shifts_the_texts_that_cambrian_compares():
    sample = _sample(Options="(a) Yes (maybe) (b) No")
    marks = [MMVP.protocol("cambrian").mark(sample, answer).value for answer in ("no", "yes", "b")]
    assert (sample.choices, marks) == (("Yes (maybe)", "No"), [0.0, 0.0, 1.0])


def test_a_word_that_ends_in_a_or_b_counts():
    assert _read("lmms_eval", "the panda sleeps") == "A"
    assert _read("lmms_eval", "on the web") == "B"


def test_an_option_inside_a_word_answers_it():
    assert _read("vlmevalkit", "reopened") == "A"
    assert _read("vlmevalkit", "open, closed") is None


def test_a_pair_counts_if_both_are_right():
    samples = _pairs(4)
    given = ["A", "B", "A", "A", "B", "B", "B", "A"]
    for protocol in MMVP.protocols.values():
        marks = [protocol.mark(sample, answer) for sample, answer in zip(samples, given, strict=True)]
        assert protocol.pool(samples, marks) == 25.0
        assert protocol.pool(samples[::-1], marks[::-1]) == 25.0


def test_blind_guessing_gives_the_chance_level_and_a_constant_answer_nothing():
    samples = _pairs(5)
    for protocol in MMVP.protocols.values():
        assert uniform_guess(samples, protocol) == MMVP.chance
        assert best_constant(samples, protocol) == 0.0


def test_four_labels_are_right_only_in_the_corrected_variant():
    questions = {99: "short or long tusks?", 100: "short or long tusks?", 279: "Standing or sitting?", 280: "Sitting?"}
    answers = {99: "(a)", 100: "(b)", 279: "(a)", 280: "(b)"}
    rows = [
        _row(str(i), **{"Question": questions.get(i, "Tusks, sitting?"), "Correct Answer": answers.get(i, "(b)")})
        for i in (1, 2, *questions)
    ]
    published, corrected = (
        {sample.id: sample.answers[0] for sample in card.to_samples({"default": rows})}
        for card in (MMVP, MMVP_CORRECTED)
    )
    assert published == {"1": "B", "2": "B", "99": "A", "100": "B", "279": "A", "280": "B"}
    assert corrected == {**published, "99": "B", "100": "A", "279": "B", "280": "A"}


def test_rows_of_other_questions_are_not_corrected():
    rows = [_row(index, **{"Correct Answer": "(a)"}) for index in ("99", "100", "279", "280")]
    assert list(MMVP_CORRECTED.to_samples({"default": rows})) == list(MMVP.to_samples({"default": rows}))
