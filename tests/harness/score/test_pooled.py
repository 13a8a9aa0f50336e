"""Marks added one by one give what pooling all at once gives, with the error and levels that stand beside a score."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import blind
from benchmarks.general.gqa import GQA
from benchmarks.general.mmbench import MMBENCH
from benchmarks.general.mme import MME
from benchmarks.knowledge.mmmu import MMMU
from benchmarks.ocr_chart.ocrbench import OCRBENCH
from benchmarks.ocr_chart.textvqa import TEXTVQA
from benchmarks.outside import sample_of
from benchmarks.vision_centric.cv_bench_2d import CV_BENCH_2D
from benchmarks.vision_centric.mmvp import MMVP
from harness.errors import InvalidEvidence
from harness.score import pooled
from harness.score.pooled import Pooled
from harness.score.uncertainty import standard_error

TWO, FOUR = ["left", "right"], ["red", "green", "blue", "grey"]


def chosen(number, meta):
    return {"answer": "AB"[number % 2], "choices": TWO, "meta": meta}


# What stands in the object of a card's n-th question.
CARDS = (GQA, MMBENCH, MME, MMMU, OCRBENCH, TEXTVQA, CV_BENCH_2D, MMVP)
ASKED = {
    GQA.name: lambda n: {"answer": ("cat", "dog", "car")[n % 3], "choices": None, "meta": {"imageId": n // 3}},
    MMBENCH.name: lambda n: chosen(n, {"index": n % 3 + 1_000_000 * (n // 3)}),
    MME.name: lambda n: {"answer": ("Yes", "No")[n % 2], "choices": None, "meta": {"task": "color", "pair": n // 2}},
    MMMU.name: lambda n: {"answer": "ABCD"[n % 4], "choices": FOUR, "meta": {"category": ("Art", "Law")[n % 2]}},
    OCRBENCH.name: lambda n: {"answer": ["stop"], "choices": None, "meta": {"category": "Signs", "image": n // 2}},
    TEXTVQA.name: lambda n: {"answers": ["exit"] * (n % 11) + ["way out"] * (10 - n % 11), "choices": None},
    CV_BENCH_2D.name: lambda n: chosen(n, {"source": ("ADE20K", "COCO")[n % 2], "cluster": n // 4}),
    MMVP.name: lambda n: chosen(n, {"pair": n // 2}),
}
WORDS = st.sampled_from(["A", "B", "cat", "Yes", "No", "exit", "stop", ""])


def samples_of(card, protocol, count):
    return [sample_of({"id": number, **ASKED[card.name](number)}, card, protocol) for number in range(count)]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
@given(data=st.data())
def test_one_by_one_gives_what_all_at_once_gives(card, data):
    protocol = card.protocol(data.draw(st.sampled_from(sorted(card.protocols))))
    samples = samples_of(card, protocol, 2 * data.draw(st.integers(2, 12)))
    marks = [protocol.mark(sample, data.draw(WORDS)) for sample in samples]
    held = Pooled(card, protocol)
    for sample, mark in zip(samples, marks, strict=True):
        held.add(sample, mark)
    named = [replace(one, cluster=one.cluster or f"alone {one.id}") for one in samples]
    found = held.plain()
    assert found["score"] == protocol.pool(named, marks)
    assert found["clusters"] == len({one.cluster for one in named})
    expected = standard_error(named, marks, protocol.pool) if found["clusters"] > 1 else None
    assert found["standard_error"] == expected
    assert found["blind"] == blind.best_constant(named, protocol)
    assert found["unparsed"] == sum(not mark.parsed for mark in marks)


def plain_of(card, name, count):
    protocol = card.protocol(name)
    held = Pooled(card, protocol)
    for sample in samples_of(card, protocol, count):
        held.add(sample, protocol.mark(sample, "A"))
    return held.plain()


@pytest.mark.parametrize(
    ("card", "chance"), [(GQA, 0.0), (MMMU, 25.0), (MMBENCH, 100 / 16), (MME, 75.0), (CV_BENCH_2D, 50.0), (MMVP, 25.0)]
)
def test_the_chance_level_is_that_of_the_questions_given(card, chance):
    assert plain_of(card, "cambrian", 12)["chance"] == pytest.approx(chance)


def test_one_picture_says_nothing_about_the_error():
    assert plain_of(GQA, "cambrian", 3)["standard_error"] is None


def test_beyond_the_questions_that_are_kept_there_is_a_score_but_no_blind_baseline(monkeypatch):
    monkeypatch.setattr(pooled, "MOST", 2)
    found = plain_of(GQA, "cambrian", 9)
    assert (found["score"], found["blind"], found["chance"]) == (0.0, None, 0.0)
    assert found["standard_error"] == 0.0


def test_a_second_answer_to_a_sample_is_refused():
    held = Pooled(GQA, GQA.protocol("cambrian"))
    (sample,) = samples_of(GQA, GQA.protocol("cambrian"), 1)
    held.add(sample, GQA.protocol("cambrian").mark(sample, "cat"))
    with pytest.raises(InvalidEvidence, match="stands twice"):
        held.add(sample, GQA.protocol("cambrian").mark(sample, "cat"))
