import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.general.seed_image import SEED_IMAGE

LISTED = "A. a dog\nB. cats\nC. 2 hens\nD. none"
SUFFIX = "Answer with the option's letter from the given choices directly."


def _row(**cells):
    choices = {"choice_a": "a dog", "choice_b": "cats", "choice_c": "2 hens", "choice_d": "none"}
    row = {"question": "Q?", "answer": "B", "question_id": "7", "question_type_id": 3, "image": [Picture.of(b"x")]}
    return {**choices, **row, **cells}


def _samples(*rows):
    return list(SEED_IMAGE.to_samples({"default": list(rows)}))


def _read(protocol, answer):
    (sample,) = _samples(_row())
    return SEED_IMAGE.protocol(protocol).mark(sample, answer).extracted


def test_rows_of_several_frames_are_left_out_and_ids_count_them():
    frames = [Picture.of(bytes([i])) for i in range(8)]
    (sample,) = _samples(_row(image=frames), _row())
    assert (sample.id, sample.kind, sample.meta["question_id"]) == ("1", "3", "7")
    assert sample.pictures == (Picture.of(b"x"),)


@pytest.mark.parametrize(
    "cells", [{"image": []}, {"answer": "E"}, {"answer": ""}, {"choice_c": None}, {"question": " "}]
)
def test_a_row_without_a_picture_an_option_or_a_letter_on_offer_is_invalid(cells):
    with pytest.raises(InvalidData, match="seed_image row 0"):
        _samples(_row(**cells))


def test_prompts_follow_their_harness():
    (sample,) = _samples(_row())
    prompts = {name: protocol.prompt(sample) for name, protocol in SEED_IMAGE.protocols.items()}
    assert prompts["cambrian"] == f"Q? Options:\n{LISTED}\n{SUFFIX}"
    assert prompts["lmms_eval"] == f"Q?\n{LISTED}\n{SUFFIX}"
    assert prompts["vlmevalkit"] == (
        f"Question: Q?\nOptions:\n{LISTED}\nPlease select the correct answer from the options above. \n"
    )


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because of the wind") == "B"
    assert _read("lmms_eval", "cats") == "C"


def test_a_colon_after_the_letter_is_harmless_since_only_the_first_character_is_read():
    assert _read("cambrian", "The answer is B:") == "B"


def test_a_bracket_before_the_letter_hides_it():
    assert _read("lmms_eval", "(B)") is None
    assert _read("cambrian", "(B)") == "B"


def test_a_lower_case_letter_alone_goes_to_the_judge_and_is_unparsed_here():
    (sample,) = _samples(_row())
    assert SEED_IMAGE.protocol("vlmevalkit").mark(sample, "b").rule == "judge"


def test_the_article_a_is_taken_for_option_a():
    assert _read("vlmevalkit", "A cat") == "A"
