"""The residual of the score on rank: found where it is planted, not found where it is not."""

import numpy as np
import pytest
import statsmodels.api as sm

from harness.analyse.residual import residual
from harness.errors import InvalidEvidence

GENERATOR = np.random.default_rng(11)
PARAMETERS = GENERATOR.normal(20, 2, 31)
RANKS = 3 * PARAMETERS + GENERATOR.normal(0, 20, 31)
NOISE = GENERATOR.normal(0, 1, 31)


def test_a_planted_effect_is_found_with_its_slope():
    found = residual(2 * PARAMETERS + 0.5 * RANKS + NOISE, PARAMETERS, RANKS)
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert found.p_value < 0.001
    assert found.cross_validated_r2 > 0.9
    assert "predicts subsets left out" in found.says


def test_where_parameters_explain_all_nothing_is_shown_and_it_is_said():
    found = residual(2 * PARAMETERS + NOISE, PARAMETERS, RANKS)
    assert found.p_value > 0.05
    assert "no relation" in found.says


def test_the_regression_is_that_of_statsmodels():
    scores = 2 * PARAMETERS + 0.05 * RANKS + NOISE
    base, whole = (
        sm.OLS(scores, sm.add_constant(np.column_stack(x))).fit() for x in ([PARAMETERS], [PARAMETERS, RANKS])
    )
    found = residual(scores, PARAMETERS, RANKS)
    assert found.slope == pytest.approx(whole.params[-1])
    assert found.partial_r2 == pytest.approx(1 - whole.ssr / base.ssr)
    assert found.p_value == pytest.approx(whole.pvalues[-1], abs=0.03)
    press = [(fit.get_influence().resid_press ** 2).sum() for fit in (base, whole)]
    assert found.cross_validated_r2 == pytest.approx(1 - press[1] / press[0])


def test_p_values_of_nothing_are_uniform():
    values = [
        residual(np.random.default_rng(seed).normal(size=31), PARAMETERS, RANKS, seed).p_value for seed in range(60)
    ]
    assert 0 <= sum(value <= 0.1 for value in values) <= 13
    assert 0.35 < np.mean(values) < 0.65


def test_a_scale_of_the_inputs_changes_nothing_but_the_slope():
    scores = PARAMETERS + 0.1 * RANKS + NOISE
    one, two = residual(scores, PARAMETERS, RANKS), residual(scores, 1e9 * PARAMETERS, RANKS / 100)
    assert (one.p_value, one.partial_r2) == (pytest.approx(two.p_value), pytest.approx(two.partial_r2))
    assert two.slope == pytest.approx(100 * one.slope)


def test_missing_points_play_no_part_and_too_few_are_refused():
    scores = PARAMETERS + NOISE
    assert residual(np.append(scores, np.nan), np.append(PARAMETERS, 1), np.append(RANKS, 1)).points == 31
    with pytest.raises(InvalidEvidence, match="needs 6 subsets"):
        residual(scores[:5], PARAMETERS[:5], RANKS[:5])


def test_ranks_that_follow_from_the_parameters_are_refused():
    for ranks in (3 * PARAMETERS + 1, np.full(31, 7.0)):
        with pytest.raises(InvalidEvidence, match="no part of their own"):
            residual(NOISE, PARAMETERS, ranks)
