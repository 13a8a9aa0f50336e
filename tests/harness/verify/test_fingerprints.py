"""Cheap fingerprints see ignored seeds, stale caches, ignored masks and other inputs."""

import pytest

from harness.errors import InvalidEvidence
from harness.schema.prediction import Prediction
from harness.verify.fingerprints import demand_distinct, leads_moved, trained_alike, voice
from tests.harness.nouns import digest, entry, header, predictions, record, samples

LOSSES = {"losses.json": {"sha256": digest("losses"), "size": 9}}


def training(**changes):
    return record("train clip", **{"kind": "train", "outputs": LOSSES, "metrics": {"loss/tune": 1.25}, **changes})


def test_the_same_losses_are_said_to_be_the_same():
    assert trained_alike(training(), training()) == ("the losses of all steps are the same, bit for bit",)
    other = training(outputs={"losses.json": {"sha256": digest("other"), "size": 9}}, metrics={"loss/tune": 1.5})
    assert trained_alike(training(), other) == ("the losses differ from some step on (loss/tune 1.2500 -> 1.5000)",)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": {"weights": digest("others")}}, "inputs.weights was"),
        ({"inputs": {}}, "is None"),
        ({"parameters": {"seed": "1"}}, "parameters.seed was 0, is 1"),
        ({"outputs": {}}, "without losses.json"),
    ],
)
def test_another_training_is_refused_by_field(changes, words):
    with pytest.raises(InvalidEvidence, match=words):
        trained_alike(training(), training(**changes))


def said(lead, tokens=(1,)):
    return Prediction("q", "x", tokens, (lead,) * len(tokens), "stop")


def test_leads_that_moved_are_counted():
    before = [said(1.0), said(1.0), said(1.0)]
    after = [said(1.0), said(1.001), said(1.5)]
    assert leads_moved(before, after, "float32") == (
        "leads moved by 0.001 nats in the middle, 1 of 3 by more than rounding"
    )
    assert leads_moved([said(1.0)], [said(1.0, (2,))], "float32") is None


def asked(one, weights, lead):
    made = predictions(samples(3), ["yes"] * 3)
    leading = [Prediction(p.sample_id, p.text, p.tokens, (lead, lead), p.finish) for p in made]
    return header(3, one, weights=digest(weights)), voice(leading)


def test_different_models_have_different_voices():
    demand_distinct([asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.2), asked(entry("clip"), "a", 0.1)])
    demand_distinct([asked(entry("clip"), "a", 0.1), asked(entry("clip", "ai2d"), "a", 0.1)])


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (asked(entry("clip"), "a", 0.1), asked(entry("sam"), "a", 0.2), "different trainings with the same weights"),
        (asked(entry("clip"), "a", 0.1), asked(entry("sam"), "b", 0.1), "same leads to the last bit"),
        (asked(entry("clip+sam"), "a", 0.1), asked(entry("clip+sam", kept="clip"), "a", 0.1), "a mask was ignored"),
    ],
)
def test_models_that_cannot_be_told_apart_are_refused(one, other, words):
    with pytest.raises(InvalidEvidence, match=words):
        demand_distinct([one, other])


def test_answers_without_leads_have_no_voice():
    assert voice([Prediction("q", "x", (1,), (), "stop")]) is None
