"""A sample is built from what an outsider writes, for every benchmark and protocol; nothing missing is guessed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.card import Mark
from benchmarks.errors import InvalidData
from benchmarks.general.gqa import GQA
from benchmarks.general.mmbench import MMBENCH
from benchmarks.general.mme import MME
from benchmarks.general.seed_image import SEED_IMAGE
from benchmarks.knowledge.ai2d import AI2D
from benchmarks.knowledge.mathvista import MATHVISTA
from benchmarks.knowledge.mmmu import MMMU
from benchmarks.knowledge.scienceqa_image import SCIENCEQA_IMAGE
from benchmarks.ocr_chart.chartqa import CHARTQA
from benchmarks.ocr_chart.docvqa import DOCVQA
from benchmarks.ocr_chart.ocrbench import OCRBENCH
from benchmarks.ocr_chart.textvqa import TEXTVQA
from benchmarks.outside import CHOSEN, prediction_of, sample_of
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D
from benchmarks.vision_centric.cv_bench_3d import CV_BENCH_3D
from benchmarks.vision_centric.mmvp import MMVP
from benchmarks.vision_centric.realworldqa import REALWORLDQA

TWO, FOUR = ["left", "right"], ["red", "green", "blue", "grey"]
# Card, gold, choices, meta of the two samples of a pair, and the answer that is right.
CASES = [
    (GQA, "cat", None, {}, "cat"),
    (MME, "Yes", None, {"category": "color", "pair": "0001.png"}, "Yes"),
    (MMBENCH, "B", FOUR, {"group": 7}, "B"),
    (SEED_IMAGE, "C", FOUR, {}, "C"),
    (SCIENCEQA_IMAGE, "A", TWO, {}, "A"),
    (MMMU, "D", FOUR, {}, "D"),
    (MMMU, "7.5", None, {"question_type": "open"}, "7.5"),
    (MATHVISTA, "B", FOUR, {}, "B"),
    (MATHVISTA, "12", None, {"answer_type": "integer"}, "12"),
    (MATHVISTA, "1.2", None, {"answer_type": "float", "precision": 1}, "1.2"),
    (AI2D, "D", FOUR, {}, "D"),
    (CHARTQA, "14", None, {}, "14.2"),
    (OCRBENCH, ["STOP", "stop"], None, {"category": "Regular Text Recognition"}, "it says stop"),
    (TEXTVQA, ["exit"] * 10, None, {}, "exit"),
    (DOCVQA, ["1 May", "May 1"], None, {}, "May 1"),
    (MMVP, "(a)", TWO, {"pair": 3}, "A"),
    (REALWORLDQA, "B", TWO, {}, "B"),
    (REALWORLDQA, "yes", None, {}, "yes"),
    (CV_BENCH_2D, "(A)", TWO, {"source": "ADE20K"}, "A"),
    (CV_BENCH_3D, "(B)", TWO, {}, "B"),
]
PAIRS = [(*case, name) for case in CASES for name in case[0].protocols]


def outside(gold, choices, meta, **changes):
    key = "answers" if isinstance(gold, list) else "answer"
    return {"id": "q", "prediction": "x", key: gold, "choices": choices, "meta": meta, **changes}


@pytest.mark.parametrize(("card", "gold", "choices", "meta", "answer", "name"), PAIRS)
def test_the_gold_marks_one_and_pools_to_full_marks(card, gold, choices, meta, answer, name):
    protocol = card.protocol(name)
    if card is MATHVISTA and choices and name == "lmms_eval":
        answer = "green"
    samples = [sample_of(outside(gold, choices, meta, id=number), card, protocol) for number in (1, 2)]
    marks = [protocol.mark(sample, answer) for sample in samples]
    assert [mark.value for mark in marks] == [1.0, 1.0], marks
    full = {"mme": 200.0, "ocrbench": 1000.0}.get(card.name, 100.0)
    assert protocol.pool(samples, marks) == pytest.approx(full)


def test_a_sample_told_from_outside_is_marked_as_the_one_inside(benchmark_card, samples):
    several = benchmark_card.name in ("docvqa", "textvqa", "ocrbench")
    for protocol in benchmark_card.protocols.values():
        for sample in samples[::23]:
            meta = {**sample.meta, "category": sample.category, "kind": sample.kind, "cluster": sample.cluster}
            gold = {"answers": list(sample.answers)} if several else {"answer": sample.answers[0]}
            given = {"id": sample.id, "prediction": "", "choices": list(sample.choices) or None, "meta": meta, **gold}
            told = sample_of(json.loads(json.dumps(given)), benchmark_card, protocol)
            assert (told.kind, told.cluster, told.answers) == (sample.kind, sample.cluster, sample.answers)
            for text in (
                *sample.answers,
                *sample.choices,
                "",
                "The answer is B.",
                "(a)",
                "Yes, 12.5%",
                "no one",
                "a b",
            ):
                assert protocol.mark(told, text) == protocol.mark(sample, text)


@given(st.sampled_from(PAIRS), st.text(max_size=40))
def test_no_answer_breaks_a_mark_from_outside(case, text):
    card, gold, choices, meta, _, name = case
    mark = card.protocol(name).mark(sample_of(outside(gold, choices, meta), card, card.protocol(name)), text)
    assert isinstance(mark, Mark)
    assert 0 <= mark.value <= 1


@pytest.mark.parametrize("gold", ["B", "(B)", "b", "B.", "green", 1])
def test_the_gold_of_a_choice_may_be_letter_text_or_place(gold):
    assert sample_of(outside(gold, FOUR, {}), AI2D, AI2D.protocol()).answers == ("B",)


@pytest.mark.parametrize("gold", ["E", "purple", 4, -1, True, None, "", ["A", "B"]])
def test_a_gold_that_is_no_choice_is_refused(gold):
    with pytest.raises(InvalidData):
        sample_of({"id": 1, "answer": gold, "choices": FOUR}, AI2D, AI2D.protocol())


def test_a_choice_that_reads_like_two_is_refused():
    with pytest.raises(InvalidData, match="one of A, B"):
        sample_of(outside("same", ["same", "same"], {}), AI2D, AI2D.protocol())


@pytest.mark.parametrize("card", [case[0] for case in CASES if case[0].name in CHOSEN])
def test_choices_are_never_made_up(card):
    with pytest.raises(InvalidData, match="every question of"):
        sample_of(outside("A", None, {"pair": 1, "group": 1, "source": "COCO"}), card, card.protocol())


@pytest.mark.parametrize(
    ("card", "gold", "choices", "name", "said"),
    [
        (MME, "Yes", None, "cambrian", "needs meta.task"),
        (MMBENCH, "B", FOUR, "lmms_eval", "needs meta.group"),
        (MMVP, "A", TWO, "cambrian", "needs meta.pair"),
        (CV_BENCH_2D, "A", TWO, "cambrian", "needs meta.source"),
        (OCRBENCH, ["x"], None, "cambrian", "needs meta.category"),
        (MATHVISTA, "3", None, "lmms_eval", "needs meta.answer_type"),
    ],
)
def test_what_a_rule_needs_is_asked_for(card, gold, choices, name, said):
    with pytest.raises(InvalidData, match=said):
        sample_of(outside(gold, choices, {}), card, card.protocol(name))


def test_rotations_are_grouped_by_the_index():
    protocol = MMBENCH.protocol("vlmevalkit")
    found = [sample_of(outside("A", TWO, {"index": index}), MMBENCH, protocol) for index in (241, 1000241)]
    assert [it.meta["group"] for it in found] == ["241", "241"]


@pytest.mark.parametrize(
    ("precision", "value"), [(1, 1.0), ("1", 1.0), (1.0, 0.0), ("1.0", 0.0), (10**30, 1.0), ("one", 0.0)]
)
def test_a_precision_is_taken_as_it_is_written(precision, value):
    # The dataset's own column holds floats, with which the upstream code loses every decimal number.
    protocol = MATHVISTA.protocol("lmms_eval")
    given = outside("1.5", None, {"answer_type": "float", "precision": precision})
    assert protocol.mark(sample_of(given, MATHVISTA, protocol), "1.5").value == value


def test_what_a_question_shares_and_its_kind_are_taken_as_told():
    protocol = GQA.protocol()
    told = sample_of(outside("cat", None, {"imageId": 7, "kind": "which animal"}), GQA, protocol)
    assert (told.cluster, told.kind) == ("7", "which animal")
    bare = sample_of(outside("cat", None, {"question": "What is it?"}), GQA, protocol)
    assert (bare.cluster, bare.kind) == ("", "what")
    chosen = sample_of(outside("A", TWO, {"category": "depth", "cluster": "x"}), SEED_IMAGE, SEED_IMAGE.protocol())
    assert (chosen.cluster, chosen.kind) == ("x", "depth, 2 options")


@pytest.mark.parametrize(
    "harm", [{"id": None}, {"id": ""}, {"id": 1.5}, {"id": True}, {"meta": []}, {"answer": None}, {"answers": []}]
)
def test_a_broken_object_is_refused(harm):
    with pytest.raises(InvalidData):
        sample_of({**outside("x", None, {}), **harm}, GQA, GQA.protocol())


@pytest.mark.parametrize("came", [{}, {"prediction": 3}, {"prediction": ["a"]}])
def test_a_prediction_is_a_text(came):
    with pytest.raises(InvalidData):
        prediction_of(came)
    assert prediction_of({"prediction": None}) == ""
