import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D

PROMPT = "How many? Select from the following choices.\n(A) 1\n(B) 3\n(C) 2"


def _sample(answer="(B)", index=0, source="COCO", choices=("1", "3", "2")):
    row = {
        "idx": index,
        "task": "Count",
        "image": Picture.of(b"x"),
        "question": "How many?",
        "choices": list(choices),
        "answer": answer,
        "prompt": PROMPT,
        "source": source,
    }
    (sample,) = CV_BENCH_2D.to_samples({"2D": [row]})
    return sample


def _read(protocol, answer):
    return CV_BENCH_2D.protocol(protocol).mark(_sample(), answer).extracted


def _pooled(protocol):
    samples = [_sample(index=i, source="COCO" if i < 3 else "ADE20K") for i in range(4)]
    marks = [CV_BENCH_2D.protocol(protocol).mark(s, "B" if i < 3 else "A") for i, s in enumerate(samples)]
    return CV_BENCH_2D.protocol(protocol).pool(samples, marks)


@pytest.mark.parametrize("answer", ["(D)", "", "(AB)", "()", "3", "A", "(b)", None])
def test_an_answer_that_is_no_letter_of_a_choice_is_invalid(answer):
    with pytest.raises(InvalidData, match="cv_bench_2d row 0"):
        _sample(answer)


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample()) for protocol in CV_BENCH_2D.protocols.values()] == [
        f"{PROMPT}\nAnswer with the option's letter from the given choices directly.",
        "Note: You only need to respond with A, B, C without providing any additional information.\n\n" + PROMPT,
        PROMPT,
    ]


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because") == _read("lmms_eval", "Because") == "B"


def test_the_note_lists_every_letter_on_offer():
    note = CV_BENCH_2D.protocol("lmms_eval").prompt(_sample(choices=("1", "2", "3", "4", "5", "6"))).split("\n")[0]
    assert "respond with A, B, C, D, E, F without" in note


def test_a_colon_after_the_letter_is_harmless_since_only_the_first_character_is_read():
    assert _read("cambrian", "B: 3") == "B"


def test_a_number_in_a_sentence_answers_the_option_it_spells():
    assert _read("vlmevalkit", "3") == "B"
    assert _read("vlmevalkit", "13") is None


def test_the_score_is_the_mean_of_two_sources_not_the_share_of_right_answers():
    assert _pooled("cambrian") == _pooled("vlmevalkit") == 50.0


def test_the_score_is_the_share_of_right_answers_although_the_file_has_the_mean_of_two_sources():
    assert _pooled("lmms_eval") == 75.0
