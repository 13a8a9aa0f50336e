"""Repeated runs against statsmodels, the published multipliers and simulation."""

from math import nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttost_ind

from harness.errors import InvalidEvidence
from harness.verify.compare import judge_runs
from harness.verify.replicates import Spread, replicated, seeds_needed
from harness.verify.spreads import pooled_spread


def test_welch_agrees_with_scipy_and_statsmodels():
    old, new = [50.1, 50.4, 49.8, 50.2], [50.3, 50.0, 49.9]
    found = replicated(old, new, 0.9)
    assert found.p_value == pytest.approx(stats.ttest_ind(new, old, equal_var=False).pvalue)
    outside = ttost_ind(new, old, -1.0, 1.0, usevar="unequal")[0]
    assert (outside < 0.05) == (found.interval.low > -1 and found.interval.high < 1)
    assert judge_runs(found, 1.0).outcome == "MATCH"


@pytest.mark.parametrize(("runs", "multiplier"), [(2, 15.6), (3, 4.97), (5, 3.04), (10, 2.37), (20, 2.14)])
def test_one_new_run_has_the_prediction_interval_of_the_textbook(runs, multiplier):
    found = replicated([50.0] * runs, [50.0], 0.95, Spread(1.0, runs - 1))
    assert found.interval.high == pytest.approx(multiplier, rel=0.004)


def test_pooling_over_models_makes_three_seeds_enough():
    rng = np.random.default_rng(0)
    spread = pooled_spread([rng.normal(level, 0.5, 3) for level in range(31)])
    assert (spread.freedom, spread.points) == (62, pytest.approx(0.5, rel=0.2))
    assert spread.alike > 0.05
    assert replicated([50.0] * 3, [50.0], 0.95, Spread(1.0, 62)).interval.high == pytest.approx(2.31, abs=0.005)


def test_a_group_that_spreads_otherwise_is_seen():
    rng = np.random.default_rng(0)
    groups = [rng.normal(0, scale, 20) for scale in (0.2, 0.2, 2.0)]
    assert pooled_spread(groups).alike < 0.01


@given(st.lists(st.floats(40, 60), min_size=2, max_size=6), st.lists(st.floats(40, 60), min_size=1, max_size=6))
def test_swapping_the_runs_mirrors(old, new):
    spread = Spread(0.7, 10)
    one, other = replicated(old, new, 0.9, spread), replicated(new, old, 0.9, spread)
    assert one.difference == pytest.approx(-other.difference)
    assert one.interval.low == pytest.approx(-other.interval.high)
    assert one.p_value == pytest.approx(other.p_value)
    assert judge_runs(one, 1.0).outcome == judge_runs(other, 1.0).outcome


@pytest.mark.parametrize(("old", "new"), [([], [1.0]), ([1.0], []), ([1.0], [2.0]), ([1.0, nan], [2.0, 3.0])])
def test_runs_that_tell_no_spread_are_refused(old, new):
    with pytest.raises(InvalidEvidence):
        replicated(old, new, 0.9)


def test_runs_without_any_spread_bound_nothing():
    with pytest.raises(InvalidEvidence, match="no measurable spread"):
        replicated([1.0, 1.0], [1.0, 1.0], 0.9)
    with pytest.raises(InvalidEvidence, match="run twice"):
        pooled_spread([[1.0], [2.0]])


@pytest.mark.parametrize(("spread", "seeds"), [(0.2, 2), (0.3, 3), (0.5, 6), (0.7, 10), (1.0, 19)])
def test_seeds_needed_agree_with_the_published_table(spread, seeds):
    assert seeds_needed(spread, 1.0, 0.05) == pytest.approx(seeds, abs=1)


def test_honest_retrainings_are_rejected_no_more_often_than_promised():
    rng, times = np.random.default_rng(5), 2000
    rejected = 0
    for _ in range(times):
        spread = pooled_spread(rng.normal(0, 0.5, (10, 3)))
        rejected += replicated(rng.normal(0, 0.5, 3), rng.normal(0, 0.5, 1), 0.9, spread).p_value < 0.05
    assert rejected / times < 0.05 + 3 * sqrt(0.05 * 0.95 / times)
