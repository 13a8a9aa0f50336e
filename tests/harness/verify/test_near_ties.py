"""A flip is near when rounding can move the gap that had to move."""

import pytest

from harness.schema.prediction import Prediction
from harness.verify.near_ties import Flips, classify, classify_all, ulp


def said(tokens, margins, text="x"):
    return Prediction("q", text, tuple(tokens), tuple(margins), "stop")


@pytest.mark.parametrize(
    ("dtype", "logit", "spacing"),
    [("bfloat16", 16, 0.125), ("bfloat16", 32, 0.25), ("float32", 16, 2.0**-19), ("float32", 1, 2.0**-23)],
)
def test_units_in_the_last_place_are_those_of_the_format(dtype, logit, spacing):
    assert ulp(dtype, logit) == spacing


@pytest.mark.parametrize(
    ("stored", "rerun", "flip"),
    [
        (said([1, 2], [0.5, 0.1]), said([1, 3], [0.5, 0.1]), "near"),
        (said([1, 2], [0.5, 0.2]), said([1, 3], [0.5, 0.1]), "far"),
        (said([1, 2], [5.0, 0.1]), said([4, 2], [5.0, 0.1]), "far"),
        (said([1, 2], []), said([1, 3], [0.5, 0.1]), "unknown"),
        (said([1, 2], []), said([1, 3], []), "unknown"),
        (said([1], [0.1]), said([1, 2], [0.1, 0.2]), "unknown"),
        (said([1, 2], [0.1, 0.1]), said([1, 2], [0.2, 0.3]), None),
    ],
)
def test_the_first_diverging_token_decides(stored, rerun, flip):
    assert classify(stored, rerun, "bfloat16") == flip
    assert classify(rerun, stored, "bfloat16") == flip


def test_float32_forgives_far_less():
    pair = said([1], [0.1]), said([2], [0.1])
    assert (classify(*pair, "bfloat16"), classify(*pair, "float32")) == ("near", "far")


def test_only_changed_texts_are_counted():
    before = [said([1], [0.1], "a"), said([1], [0.1], "a"), said([1], [], "a")]
    after = [said([1], [0.1], "a"), said([2], [9.0], "b"), said([1], [], "b")]
    found = classify_all(before, after, "bfloat16")
    assert found == Flips(near=0, far=1, unknown=1)
    assert found.suspicious
    assert found.told == "of 2 changed answers 0 were near ties, 1 moved by more than rounding, of 1 no lead tells"
    assert classify_all(before[:1], after[:1], "bfloat16").told is None


def test_canaries_that_strayed_are_suspicious_without_a_flip():
    assert not Flips(0, 0, 0).suspicious
    assert Flips(0, 0, 0, strayed=True).suspicious
