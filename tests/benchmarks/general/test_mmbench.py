import pytest

from benchmarks.blind import uniform_guess
from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.general.mmbench import MMBENCH

SUFFIX = "Answer with the option's letter from the given choices directly."
TEXTS = ("a dog", "cats", "2 hens", "none")


def _row(index=3, answer="B", **cells):
    row = {"index": index, "question": "Q?", "hint": "nan", "answer": answer, "category": "ocr", "source": "web"}
    return {**row, "image": Picture.of(b"x"), **dict(zip("ABCD", TEXTS, strict=True)), **cells}


def _samples(*rows):
    return list(MMBENCH.to_samples({"default": list(rows)}))


def _sample(**cells):
    (sample,) = _samples(_row(**cells))
    return sample


def _read(protocol, answer, **cells):
    return MMBENCH.protocol(protocol).mark(_sample(**cells), answer).extracted


def _pooled(protocol, samples, answers):
    rules = MMBENCH.protocol(protocol)
    return rules.pool(samples, [rules.mark(sample, answer) for sample, answer in zip(samples, answers, strict=True)])


def _rotations(*indices, answers="ABCD", **cells):
    return _samples(*(_row(n + k * 1_000_000, answer, **cells) for n in indices for k, answer in enumerate(answers)))


def test_rotations_have_the_group_of_their_question():
    assert {sample.meta["group"] for sample in _rotations(3)} == {"3"}
    assert [sample.id for sample in _rotations(3)] == ["3", "1000003", "2000003", "3000003"]


def test_options_that_a_question_does_not_have_are_left_out():
    assert _sample(D="nan").choices == TEXTS[:3]
    assert _sample(C=None, D=None).letters == "AB"


@pytest.mark.parametrize(
    "cells",
    [{"C": "nan"}, {"B": "nan", "C": "nan", "D": "nan"}, {"answer": "D", "D": "nan"}, {"answer": None}, {"A": " "}],
)
def test_options_with_a_gap_and_answers_without_an_option_are_invalid(cells):
    with pytest.raises(InvalidData, match="mmbench row 3"):
        _sample(**cells)


def test_prompts_follow_their_harness():
    listed = "A. a dog\nB. cats"
    sample = _sample(hint="Look.", C="nan", D="nan")
    assert MMBENCH.protocol("cambrian").prompt(sample) == f"Look.\nQ? Options:\n{listed}\n{SUFFIX}"
    assert MMBENCH.protocol("vlmevalkit").prompt(sample) == (
        f"Hint: Look.\nQuestion: Q?\nOptions:\n{listed}\nPlease select the correct answer from the options above. \n"
    )


def test_a_question_without_a_hint_says_nothing_of_one():
    for hint in ("nan", None):
        sample = _sample(hint=hint, C="nan", D="nan")
        assert MMBENCH.protocol("cambrian").prompt(sample).startswith("Q? Options:")
        assert MMBENCH.protocol("vlmevalkit").prompt(sample).startswith("Question: Q?")


def test_a_blank_line_stands_before_the_instruction():
    prompt = MMBENCH.protocol("lmms_eval").prompt(_sample(hint="Look.", C="nan", D="nan"))
    assert prompt == f"Look. Q? There are several options:\nA. a dog\nB. cats\n\n{SUFFIX}"


def test_only_a_question_whose_every_rotation_is_right_counts():
    samples = _rotations(3, question="Q?") + _rotations(4, question="R?")
    for protocol in MMBENCH.protocols:
        assert _pooled(protocol, samples, "ABCDABCD") == 100.0
        assert _pooled(protocol, samples, "ABCDABCA") == 50.0
        assert _pooled(protocol, samples, "AAAAAAAA") == 0.0


def test_a_guess_must_be_right_at_every_rotation():
    assert uniform_guess(_rotations(3), MMBENCH.protocol()) == 100 / 4**4


def test_questions_alike_in_text_picture_source_and_category_are_one_group():
    samples = _rotations(3) + _rotations(4)
    assert _pooled("cambrian", samples, "ABCDAAAA") == 0.0
    assert _pooled("lmms_eval", samples, "ABCDAAAA") == _pooled("vlmevalkit", samples, "ABCDAAAA") == 50.0


def test_one_unparsed_rotation_loses_the_whole_group():
    assert _pooled("vlmevalkit", _rotations(3), ["A", "B", "C", "it is hard to say"]) == 0.0


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because of the wind") == "B"


def test_a_colon_after_answer_is_hides_the_letter():
    assert _read("cambrian", "The answer is: B") is None


def test_an_absent_option_is_the_text_nan_which_a_banana_contains():
    assert MMBENCH.protocol("lmms_eval").mark(_sample(D="nan"), "bananas").rule == "option text"
    assert _read("lmms_eval", "bananas", D="nan") is None


def test_a_letter_among_other_letters_is_read_by_its_form_before_any_judge():
    assert _read("lmms_eval", "A or B, I say B.") == "B"
    assert _read("vlmevalkit", "A or B, I say B.") is None


def test_the_letter_e_is_read_although_no_question_has_it():
    mark = MMBENCH.protocol("lmms_eval").mark(_sample(), "E")
    assert (mark.extracted, mark.rule) == (None, "lone letter")


def test_the_text_of_an_api_failure_answers_a():
    assert _read("lmms_eval", "Failed to obtain answer via API") == "A"


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    assert MMBENCH.protocol("vlmevalkit").mark(_sample(), "b").rule == "judge"


def test_the_article_a_is_taken_for_option_a():
    assert _read("vlmevalkit", "A cat") == "A"
