"""One set of answers under several protocols: the spread and the disagreement are what hand counting gives."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import pooling
from benchmarks.card import Mark, by_name
from harness.score.exam import Exam
from harness.score.protocols import under_all
from harness.score.score import score
from tests.harness.nouns import benchmark, digest, header, predictions, samples

ASKED = samples(12, 3)


def lenient(sample, text):
    return Mark(sample.id, float(text in ("yes", "no")), text, "any word counts")


def card():
    one = benchmark(pooling.mean)
    first = one.protocol("cambrian")
    return replace(one, protocols=by_name(first, replace(first, name="lmms_eval", mark=lenient)))


def spread_of(texts):
    return under_all(Exam(card(), ASKED, digest("samples")), header(12), predictions(ASKED, texts))


def test_the_spread_and_the_disagreement_known_by_hand():
    # Every gold is yes: 6 of 12 are right under the first protocol; the second also takes the 3 that say no.
    found = spread_of(["yes"] * 6 + ["no"] * 3 + ["..."] * 3)
    assert [one.signature.protocol for one in found.scores] == ["cambrian", "lmms_eval"]
    assert (found.asked, found.points, found.disagreement) == ("cambrian", 25.0, 0.25)


@given(st.lists(st.sampled_from(["yes", "no", "...", ""]), min_size=12, max_size=12))
def test_each_score_is_the_one_of_its_protocol_alone(texts):
    found = spread_of(texts)
    for one in found.scores:
        head = header(12, protocol=one.signature.protocol)
        assert one == score(head, predictions(ASKED, texts), card(), ASKED, digest("samples")).score
    values = [one.value for one in found.scores]
    assert found.points == max(values) - min(values)


@given(st.lists(st.sampled_from(["yes", "no", "..."]), min_size=12, max_size=12))
def test_scores_never_lie_further_apart_than_the_answers_disagree(texts):
    # Marks lie in [0, 1], so each answer with unlike marks moves the mean by 100 / n at most.
    found = spread_of(texts)
    assert found.points <= 100 * found.disagreement + 1e-9
    assert found.disagreement == pytest.approx(round(12 * found.disagreement) / 12)
