"""The Information Gap of planted rates: exact without noise, unbiased enough with it."""

import numpy as np
import pytest

from harness.analyse.information_gap import information_gap, spread


def drawn(rates, error, count=2000, seed=0):
    noise = np.random.default_rng(seed).normal(0, error, (count, len(rates)))
    return np.concatenate([np.array(rates)[None], np.array(rates) + noise])


def test_without_draws_there_is_the_gap_alone():
    found = information_gap(np.array([[0.3, -0.1, 0.05]]))
    assert found.gap.value == pytest.approx(0.4)
    assert (found.gap.low, found.debiased, found.p_value) == (None, None, None)


def test_the_null_of_five_encoders_is_what_the_range_of_five_normals_is():
    found = information_gap(drawn([0.0] * 5, 1.0, 20_000))
    assert found.null_mean == pytest.approx(2.326, abs=0.03)
    assert found.null_95 == pytest.approx(3.858, abs=0.06)


def test_equal_encoders_have_no_gap_once_it_is_debiased():
    tables = np.random.default_rng(3).normal(0, 0.01, (60, 5))
    found = [information_gap(drawn(rates, 0.01, 300, seed)) for seed, rates in enumerate(tables)]
    assert np.mean([one.debiased for one in found]) < np.mean([one.gap.value for one in found]) / 2
    assert sum(one.gap.low == 0 for one in found) >= 54
    assert sum(one.p_value <= 0.05 for one in found) <= 6


def test_a_gap_far_above_the_noise_is_left_as_it_is():
    found = information_gap(drawn([0.5, 0.1, 0.1, 0.1, -0.2], 0.01))
    assert found.debiased == pytest.approx(0.7, abs=0.01)
    assert found.gap.low < 0.7 < found.gap.high
    assert found.p_value < 0.001


def test_the_debiased_gap_is_nearer_the_truth_on_average():
    truth = np.array([0.03, 0.0, 0.0, 0.0, -0.01])
    generator = np.random.default_rng(5)
    raw, debiased = [], []
    for seed in range(60):
        found = information_gap(drawn(truth + generator.normal(0, 0.01, 5), 0.01, 300, seed))
        raw.append(found.gap.value)
        debiased.append(found.debiased)
    assert abs(np.mean(debiased) - 0.04) < abs(np.mean(raw) - 0.04)


def test_an_undefined_rate_has_no_gap():
    assert information_gap(np.full((3, 4), np.nan)).gap.value is None
    assert np.isnan(spread(np.array([1.0, np.nan])))
