"""A training that fails in itself is stopped at once, and what it had learned of itself is kept."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.train.divergence import GROWN, Diverged, grown_away, no_number
from harness.train.kinds import WINDOW

losses = st.floats(0.01, 100.0)


@given(st.lists(losses, max_size=2 * WINDOW - 1))
def test_a_training_is_not_judged_before_there_are_two_windows(curve):
    assert grown_away(curve) == ""


@given(st.lists(losses, min_size=2 * WINDOW, max_size=4 * WINDOW))
def test_losses_that_never_pass_their_beginning_have_not_grown(curve):
    least = min(curve[:WINDOW])
    assert grown_away(curve[:WINDOW] + [min(loss, least) for loss in curve[WINDOW:]]) == ""


@given(losses, st.floats(1.01, 100.0))
def test_losses_are_judged_by_their_ratio_to_the_beginning(start, factor):
    grown = [start] * WINDOW + [start * GROWN * factor] * WINDOW
    assert "the mean loss of the last 25 steps" in grown_away(grown)
    assert grown_away([start] * WINDOW + [start * GROWN / factor] * WINDOW) == ""


@given(st.lists(losses, min_size=2 * WINDOW, max_size=3 * WINDOW), st.floats(0.01, 100.0))
def test_the_unit_of_the_loss_does_not_matter(curve, unit):
    mean = math.fsum(curve[-WINDOW:]) / math.fsum(curve[:WINDOW])
    if not math.isclose(mean, GROWN, rel_tol=1e-9):
        assert bool(grown_away(curve)) == bool(grown_away([loss * unit for loss in curve]))


@pytest.mark.parametrize(("value", "found"), [(math.nan, True), (math.inf, True), (-math.inf, True), (1e30, False)])
def test_nan_and_infinity_are_no_numbers(value, found):
    assert no_number(value) is found


def test_a_rate_that_is_too_high_ends_the_training_and_keeps_the_losses(miniature, tmp_path):
    stage = miniature.recipe.stages[0].model_copy(update={"rates": {"projector": 1e15}, "warmup": 0.0})
    told = []
    with pytest.raises(Diverged, match=r"stage 'align', step \d: .*recorded as diverged") as end:
        miniature.train(miniature.training(stages=(stage,)), tmp_path, report=lambda step: told.append(step.loss))
    kept = end.value.losses["align"]
    assert 0 < len(kept) < stage.steps
    assert all(map(math.isfinite, kept))
    assert kept[: len(told)] == told
    assert end.value.figures["align"]["gradient_norm"]
    assert not (tmp_path / "checkpoint").exists()
