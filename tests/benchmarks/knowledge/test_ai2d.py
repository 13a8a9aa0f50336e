import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.knowledge.ai2d import AI2D, AI2D_NO_MASK


def _sample(answer="1"):
    row = {"question": "Q?", "options": ["a red", "blue", "c", "none"], "answer": answer, "image": Picture.of(b"x")}
    (sample,) = AI2D.to_samples({"default": [row]})
    return sample


def _read(protocol, answer):
    return AI2D.protocol(protocol).mark(_sample(), answer).extracted


def test_the_index_becomes_a_letter():
    assert [_sample(str(i)).answers for i in range(4)] == [("A",), ("B",), ("C",), ("D",)]


@pytest.mark.parametrize("answer", ["4", "-1", "B", "", None, float("nan")])
def test_an_answer_that_is_no_index_of_an_option_is_invalid(answer):
    with pytest.raises(InvalidData, match="ai2d row 0"):
        _sample(answer)


def test_the_set_without_masks_is_another_dataset_under_the_same_protocols():
    assert AI2D_NO_MASK.name != AI2D.name
    assert AI2D_NO_MASK.source.hub_id != AI2D.source.hub_id
    assert AI2D_NO_MASK.source.rows == AI2D.source.rows
    assert AI2D_NO_MASK.protocols is AI2D.protocols


def test_prompts_follow_their_harness():
    listed = "Q?\nA. a red\nB. blue\nC. c\nD. none\nAnswer with the option's letter from the given choices directly."
    assert AI2D.protocol("cambrian").prompt(_sample()) == AI2D.protocol("lmms_eval").prompt(_sample()) == listed
    assert AI2D.protocol("vlmevalkit").prompt(_sample()) == (
        "Question: Q?\nOptions:\nA. a red\nB. blue\nC. c\nD. none\n"
        "Please select the correct answer from the options above. \n"
    )


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because of the wind") == "B"


def test_a_digit_counts_as_the_index_of_an_option():
    assert _read("cambrian", "1") == "B"
    assert AI2D.protocol("cambrian").mark(_sample(), "1").value == 1.0


def test_a_colon_after_answer_is_hides_the_letter():
    assert _read("cambrian", "The answer is: B") is None
    assert _read("cambrian", "Answer: B") == "B"


def test_a_letter_followed_by_anything_but_a_dot_is_wrong():
    assert _read("lmms_eval", "B. blue") == "B"
    assert _read("lmms_eval", "B) blue") is None


def test_a_sentence_with_the_letter_is_wrong():
    assert _read("lmms_eval", "The answer is B") is None


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    assert AI2D.protocol("vlmevalkit").mark(_sample(), "d").rule == "judge"


def test_answer_is_about_answers_a():
    assert _read("vlmevalkit", "The answer is about nothing that one can see in here") == "A"


def test_the_article_a_is_taken_for_option_a():
    assert _read("vlmevalkit", "A blue thing") == "A"
