"""A training that was done again is held against the stored one before its answers are."""

import pytest

from harness.errors import InvalidEvidence
from harness.verify.trainings import trained_alike
from tests.harness.nouns import digest, record


def files(**contents):
    names = {"losses": "losses.json", "align": "order/align.txt", "tune": "order/tune.txt"}
    return {names[one]: {"sha256": digest(word), "size": 9} for one, word in contents.items()}


FILES = {"losses": "losses", "align": "order of align", "tune": "order of tune"}
FIRST = {"first_loss/align/01": 4.5, "first_loss/align/02": 4.25}


def training(contents=None, first=None, **changes):
    metrics = {"loss/tune": 1.25, **(FIRST if first is None else first)}
    fields = {"kind": "train", "outputs": files(**(contents or FILES)), "metrics": metrics}
    return record("train clip", **{**fields, **changes})


def test_each_fingerprint_of_the_same_training_says_so():
    assert trained_alike(training(), training()) == (
        "order of the samples: the same in 2 stages",
        "first losses: 2 of 2 the same, bit for bit",
        "the losses of all steps are the same, bit for bit",
    )


def test_rounding_is_said_and_not_judged():
    other = training({**FILES, "losses": "other"}, {"first_loss/align/01": 4.5001, "first_loss/align/02": 4.3})
    assert trained_alike(training(), other)[1:] == (
        "first losses: 0 of 2 the same, bit for bit",
        "the losses differ from some step on (loss/tune 1.2500 -> 1.2500)",
    )


def test_what_an_older_record_never_kept_is_not_compared():
    older = training({"losses": "losses"}, {})
    assert trained_alike(older, training())[:2] == (
        "order of the samples: not compared, the stored training kept none",
        "first losses: not compared, the stored training kept none",
    )


@pytest.mark.parametrize(
    ("rerun", "words"),
    [
        (training(inputs={"weights": digest("others")}), "inputs.weights was"),
        (training(inputs={}), "is None"),
        (training(parameters={"seed": "1"}), "parameters.seed was 0, is 1"),
        (training({"align": "order of align", "tune": "order of tune"}), "without losses.json"),
        (training({**FILES, "tune": "another order"}), "another order than in the stored training.*order/tune.txt was"),
        (training({"losses": "losses"}), "another order"),
        (training({"losses": "losses", "align": "order of align"}), "order/tune.txt was .* is None"),
        (training(first={}), "kept no first_loss/align/01"),
        (training(first={"first_loss/align/01": 4.4, "first_loss/align/02": 4.25}), "very first step was 4.5, is 4.4"),
    ],
)
def test_another_training_is_refused_by_what_differs(rerun, words):
    with pytest.raises(InvalidEvidence, match=words):
        trained_alike(training(), rerun)
