import pytest

from benchmarks.blind import best_constant
from benchmarks.card import Mark, Picture
from benchmarks.errors import InvalidData
from benchmarks.general.mme import COGNITION, MME, PERCEPTION

QUESTION = "Is there a dog? Please answer yes or no."


def _row(task="existence", pair="1.jpg", answer="Yes", **cells):
    return {"category": task, "question_id": pair, "answer": answer, "question": QUESTION, "image": PICTURE, **cells}


PICTURE = Picture.of(b"x")


def _samples(*rows):
    return list(MME.to_samples({"default": list(rows)}))


def _read(protocol, answer):
    (sample,) = _samples(_row())
    return MME.protocol(protocol).mark(sample, answer).extracted


def _whole_set():
    return _samples(*(_row(task, str(n), answer) for task in PERCEPTION for n in range(3) for answer in ("Yes", "No")))


def test_the_two_questions_of_a_picture_are_a_pair_and_a_cluster():
    first, second = _samples(_row(), _row(answer="No"))
    assert first.cluster == second.cluster == "existence/1.jpg"
    assert (first.id, second.id, second.answers) == ("0", "1", ("No",))


def test_cognition_is_left_out():
    assert [sample.id for sample in _samples(*(_row(task) for task in COGNITION), _row())] == ["4"]


@pytest.mark.parametrize("cells", [{"task": "dogs"}, {"answer": "yes!"}, {"answer": None}, {"image": None}])
def test_a_row_of_an_unknown_task_or_without_a_yes_no_or_picture_is_invalid(cells):
    with pytest.raises(InvalidData, match="mme row 0"):
        _samples(_row(**cells))


def test_all_right_is_two_thousand_and_a_constant_answer_five_hundred():
    samples = _whole_set()
    for protocol in MME.protocols.values():
        assert protocol.pool(samples, [protocol.mark(sample, sample.answers[0]) for sample in samples]) == 2000.0
        assert protocol.pool(samples, [protocol.mark(sample, "Yes") for sample in samples]) == 500.0
        assert best_constant(samples, protocol) == 500.0


def test_a_guess_is_worth_the_stated_chance():
    samples = _whole_set()
    assert MME.protocol().pool(samples, [Mark(sample.id, 0.5, None, "guess") for sample in samples]) == MME.chance


def test_prompts_follow_their_harness():
    (sample,) = _samples(_row())
    suffix = "\nAnswer the question using a single word or phrase."
    assert MME.protocol("cambrian").prompt(sample) == QUESTION + suffix
    assert MME.protocol("vlmevalkit").prompt(sample) == QUESTION


def test_the_request_for_yes_or_no_is_cut_out_of_the_question():
    (sample,) = _samples(_row())
    expected = "Is there a dog?\nAnswer the question using a single word or phrase."
    assert MME.protocol("lmms_eval").prompt(sample) == expected


def test_yes_followed_by_anything_but_dots_is_wrong():
    assert _read("cambrian", "Yes..") == "yes"
    assert _read("cambrian", "Yes, there is") is None


def test_upstream_pairs_rows_by_their_parity_and_here_a_pair_is_told_by_its_question_id():
    rows = [_row(pair=pair, answer=answer) for answer in ("Yes", "No") for pair in ("1", "2")]
    samples = _samples(*rows)
    marks = [Mark(sample.id, float(sample.meta["pair"] == "existence/1"), "yes", "rule") for sample in samples]
    assert MME.protocol("cambrian").pool(samples, marks) == 50.0 + 50.0


def test_not_sure_answers_no():
    assert _read("lmms_eval", "Not sure") == "no"


def test_only_the_first_four_characters_are_read():
    assert _read("lmms_eval", "Well, yes") is None


def test_there_is_no_doubt_answers_no():
    assert _read("vlmevalkit", "There is no doubt.") == "no"


def test_an_answer_with_both_yes_and_no_goes_to_the_judge_and_is_unparsed_here():
    (sample,) = _samples(_row())
    assert MME.protocol("vlmevalkit").mark(sample, "Yes or no? Yes.") == Mark("0", 0.0, None, "judge")
