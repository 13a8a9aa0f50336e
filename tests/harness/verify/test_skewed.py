"""The closed-form BCa bounds against scipy's bootstrap, and the laws of every interval over graded marks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.verify.compare import judge
from harness.verify.paired import adjusted_interval, measure
from harness.verify.skewed import ENOUGH, corrected, single_steps
from tests.harness.verify.changes import changed

ORDER = {"MATCH": 0, "DRIFT": 1, "INCONCLUSIVE": 1, "MISMATCH": 2}


@pytest.mark.parametrize("all_down", [False, True])
def test_the_bounds_are_those_of_a_bootstrap_over_clusters(all_down):
    rng = np.random.default_rng(4)
    change = np.where(rng.random(600) < 0.15, rng.integers(1, 11, 600) / 10, 0.0)
    change *= -1 if all_down else rng.choice((-1, 1), 600)
    low, high = corrected(changed(change[:, None]), 0.9)
    drawn = stats.bootstrap(
        (100 * change,), np.mean, n_resamples=20_000, confidence_level=0.9, method="BCa", rng=rng, batch=500
    )
    half = (drawn.confidence_interval.high - drawn.confidence_interval.low) / 2
    assert low == pytest.approx(drawn.confidence_interval.low, abs=0.06 * half)
    assert high == pytest.approx(drawn.confidence_interval.high, abs=0.06 * half)


def test_changes_that_go_one_way_reach_further_that_way():
    down = np.zeros((400, 1))
    down[:60, 0] = -np.linspace(0.1, 1, 60)
    moved = changed(down)
    low, high = corrected(moved, 0.9)
    assert moved.difference - low > high - moved.difference


def test_a_few_changed_clusters_measure_no_skewness():
    few = np.zeros((200, 2))
    few[: ENOUGH - 1, 0] = 0.5
    assert corrected(changed(few), 0.9) is None
    few[ENOUGH - 1, 0] = 0.5
    assert corrected(changed(few), 0.9) is not None


def test_single_marks_of_0_and_1_keep_bonett_and_prices_formula():
    change = np.zeros((500, 1))
    change[:60, 0] = -1
    assert single_steps(changed(change))
    change[0, 0] = -0.5
    assert not single_steps(changed(change))
    assert not single_steps(changed(np.zeros((20, 2))))


@st.composite
def graded(draw):
    """Draw graded changes of 40 to 150 images of 1 to 3 answers, up to 80 of them changed."""
    count, size = draw(st.integers(40, 150)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share, lean = draw(st.sampled_from([0.0, 0.1, 0.5])), draw(st.sampled_from([0.5, 0.8, 1.0]))
    size_of = rng.integers(1, 11, (count, size)) / 10
    return np.where(rng.random((count, size)) < share, size_of, 0.0) * np.where(rng.random((count, size)) < lean, -1, 1)


def verdict(change, margin):
    return judge(measure(changed(change), 0.9), margin).outcome


MARGINS = st.floats(0.1, 20)


@settings(max_examples=50, deadline=None)
@given(graded(), MARGINS, st.integers(0, 99))
def test_order_is_irrelevant_and_swapping_mirrors(change, margin, seed):
    found = measure(changed(change), 0.9)
    shuffled = measure(changed(change[np.random.default_rng(seed).permutation(len(change))]), 0.9)
    assert shuffled.interval.low == pytest.approx(found.interval.low, abs=1e-9)
    assert shuffled.p_value == pytest.approx(found.p_value, rel=1e-6)
    mirror = measure(changed(-change), 0.9)
    assert mirror.interval.low == pytest.approx(-found.interval.high, abs=1e-9)
    assert mirror.p_value == pytest.approx(found.p_value, rel=1e-6)
    assert verdict(change, margin) == verdict(-change, margin)


@settings(max_examples=50, deadline=None)
@given(graded(), MARGINS, MARGINS)
def test_widening_the_margin_never_makes_it_worse(change, one, other):
    narrow, wide = (verdict(change, margin) for margin in sorted((one, other)))
    assert ORDER[wide] <= ORDER[narrow]
    assert narrow != "MATCH" or wide == "MATCH"


@settings(max_examples=80, deadline=None)
@given(graded(), MARGINS, st.integers(1, 40))
def test_a_growing_difference_never_makes_it_better(change, margin, more):
    away = -1.0 if change.sum() <= 0 else 1.0
    larger = change.copy()
    still = np.argwhere(larger[:, 0] == 0)[:more, 0]
    larger[still, 0] = away
    before, after = (adjusted_interval(changed(one), 0.9)[0] for one in (change, larger))
    assert max(-after.low, after.high) >= max(-before.low, before.high) - 1e-9
    assert ORDER[verdict(larger, margin)] >= ORDER[verdict(change, margin)]
