import pytest

from benchmarks.card import Picture
from benchmarks.errors import InvalidData
from benchmarks.vision_centric.cv_bench_3d import CV_BENCH_3D

PROMPT = "Which is closer? Select from the following choices.\n(A) chair\n(B) table"


def _sample(answer="(B)", index=0, choices=("chair", "table"), **changed):
    row = {
        "idx": index,
        "task": "Depth",
        "image": Picture.of(b"x"),
        "question": "Which is closer?",
        "choices": choices,
        "answer": answer,
        "prompt": PROMPT,
        "source": "Omni3D",
    }
    (sample,) = CV_BENCH_3D.to_samples({"3D": [{**row, **changed}]})
    return sample


def _read(protocol, answer, choices=("chair", "table")):
    return CV_BENCH_3D.protocol(protocol).mark(_sample(choices=choices), answer).extracted


@pytest.mark.parametrize(
    "changed",
    [
        {"answer": "(C)"},
        {"answer": "B"},
        {"answer": float("nan")},
        {"choices": []},
        {"choices": None},
        {"image": None},
        {"prompt": " "},
        {"task": float("nan")},
    ],
)
def test_a_row_that_is_no_question_is_named(changed):
    with pytest.raises(InvalidData, match="cv_bench_3d row 0"):
        _sample(**changed)


def test_prompts_follow_their_harness():
    assert [protocol.prompt(_sample()) for protocol in CV_BENCH_3D.protocols.values()] == [
        f"{PROMPT}\nAnswer with the option's letter from the given choices directly.",
        "Note: You only need to respond with A, B without providing any additional information.\n\n" + PROMPT,
        PROMPT,
    ]


def test_any_word_that_starts_with_the_letter_counts():
    assert _read("cambrian", "Because") == _read("lmms_eval", "Because") == "B"


def test_an_option_of_one_character_counts_as_its_own_letter():
    assert _read("cambrian", "8", choices=("7", "8")) == "B"
    assert _read("lmms_eval", "8", choices=("7", "8")) is None


def test_a_sentence_that_names_one_option_alone_answers_it():
    assert _read("vlmevalkit", "a table") == "B"
    assert _read("vlmevalkit", "the table is the closer one") is None
    assert _read("vlmevalkit", "table, not chair") is None


def test_the_score_is_the_share_of_right_answers():
    samples = [_sample(index=i) for i in range(4)]
    for protocol in CV_BENCH_3D.protocols.values():
        marks = [protocol.mark(sample, "B" if i < 3 else "A") for i, sample in enumerate(samples)]
        assert protocol.pool(samples, marks) == 75.0
