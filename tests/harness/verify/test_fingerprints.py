"""Cheap fingerprints see ignored seeds, stale caches, ignored masks and other inputs."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InvalidEvidence
from harness.schema.columns import Columns
from harness.schema.prediction import Prediction
from harness.verify.fingerprints import demand_distinct, demand_spelled, leads_moved, voice
from tests.harness.nouns import digest, entry, header, predictions, samples


def said(lead, tokens=(1,)):
    return Prediction("q", "x", tokens, (lead,) * len(tokens), "stop")


def test_leads_that_moved_are_counted():
    before = [said(1.0), said(1.0), said(1.0)]
    after = [said(1.0), said(1.001), said(1.5)]
    assert leads_moved(before, after, "float32") == (
        "leads moved by 0.001 nats in the middle, 1 of 3 by more than rounding"
    )
    assert leads_moved([said(1.0)], [said(1.0, (2,))], "float32") is None


def asked(one, weights, lead, nudged=0):
    made = predictions(samples(40), ["yes"] * 40)
    leads = [lead + place / 100 + (place < nudged) / 1000 for place in range(40)]
    leading = [replace(p, margins=(mine, mine)) for p, mine in zip(made, leads, strict=True)]
    return header(40, one, weights=digest(weights)), voice(leading)


def test_different_models_have_different_voices():
    demand_distinct([asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.2), asked(entry("clip"), "a", 0.1)])
    demand_distinct([asked(entry("clip"), "a", 0.1), asked(entry("clip", "ai2d"), "a", 0.1)])


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (asked(entry("clip"), "a", 0.1), asked(entry("sam"), "a", 0.2), "different trainings with the same weights"),
        (asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.1), "same leads to the last bit"),
        (asked(entry("clip+sam"), "a", 0.1), asked(entry("clip+sam", kept="clip"), "a", 0.1), "a mask was ignored"),
        (asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.1, nudged=3), "a stale cache answered"),
    ],
)
def test_models_that_cannot_be_told_apart_are_refused(one, other, words):
    with pytest.raises(InvalidEvidence, match=words):
        demand_distinct([one, other])


def test_models_may_share_some_leads_by_chance():
    demand_distinct([asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.1, nudged=5)])


def test_equal_tokens_have_equal_texts():
    demand_spelled([said(0.1), said(0.2), Prediction("r", "y", (2,), (0.1,), "stop")])
    with pytest.raises(InvalidEvidence, match="the same tokens and different texts, 'x' and 'y'"):
        demand_spelled([said(0.1), Prediction("r", "y", (1,), (0.1,), "stop")])


def test_an_edited_text_is_found_in_another_run_too():
    one, other = [said(0.1)], [Prediction("r", "y", (1,), (0.1,), "stop")]
    demand_spelled(one, one)
    for runs in ((one, other), (Columns.of(one), other), (one, Columns.of(other))):
        with pytest.raises(InvalidEvidence, match="the same tokens and different texts, 'x' and 'y'"):
            demand_spelled(*runs)


PAIRS = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.0])), min_size=1, max_size=3)
SAID = st.lists(PAIRS, max_size=5)


def answered(lists):
    return [
        Prediction(f"q{place}", "x", tuple(token for token, _ in pairs), tuple(lead for _, lead in pairs), "stop")
        for place, pairs in enumerate(lists)
    ]


@given(SAID, SAID)
def test_two_answers_have_one_number_exactly_where_tokens_and_leads_are_equal(lists, others):
    one, other = voice(answered(lists)), voice(answered(others))
    told = [[a == b for b in others] for a in lists]
    assert [[a == b for b in other.tolist()] for a in one.tolist()] == told


@given(SAID, st.randoms())
def test_a_voice_stands_in_the_order_of_the_ids(lists, random):
    shuffled = answered(lists)
    random.shuffle(shuffled)
    assert voice(shuffled).tolist() == voice(Columns.of(answered(lists))).tolist()


def test_answers_without_leads_have_no_voice():
    assert voice([Prediction("q", "x", (1,), (), "stop")]) is None
