"""The sign-flip test against enumeration, McNemar's test and scipy's permutations."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from harness.verify.signs import exact_mid_p, saddlepoint, sign_flip_test


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=10))
def test_the_exact_test_counts_every_choice_of_signs(sums):
    moved = [value for value in sums if value]
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(moved))).reshape(len(moved), -1) if moved else np.zeros((0, 1))
    totals, seen = np.abs(np.array(moved) @ signs), abs(sum(moved))
    expected = (totals > seen).mean() + (totals == seen).mean() / 2 if seen else 1.0
    assert sign_flip_test([value * 0.25 for value in moved], 0.25)[0] == pytest.approx(expected)


def test_few_graded_contributions_are_tested_by_every_choice_of_signs():
    assert sign_flip_test([0.3, 0.7, 0.51, 0.2, 0.9], 1.0) == (2 / 32, "sign flips, permutation")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=17, max_size=18), st.randoms())
def test_tenths_of_marks_are_tested_by_every_choice_of_signs_however_many(tenths, chance):
    moved = np.array([chance.choice((-1, 1)) * size for size in tenths])
    signs = 1 - 2 * (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1)
    found, how = sign_flip_test(moved / 10, 1.0)
    assert how == "sign flips, permutation"
    assert found == pytest.approx((np.abs(signs @ moved) >= abs(moved.sum())).mean())


@example([-2, 4, 4, -6], 3)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=60), st.sampled_from([2, 3, 10]))
def test_the_same_changes_in_whole_marks_are_no_less_surprising(moved, parts):
    part, whole = (sign_flip_test(np.array(moved) / unit, 1.0)[0] for unit in (parts, 1))
    assert whole <= part * (1 + 1e-9)


def test_many_graded_contributions_agree_with_random_permutations():
    rng = np.random.default_rng(1)
    many = rng.normal(0.1, 1, 60)
    found, how = sign_flip_test(many, 1.0)
    expected = stats.permutation_test((many,), np.sum, permutation_type="samples", n_resamples=20_000, rng=rng)
    assert how == "sign flips, saddlepoint"
    assert found == pytest.approx(expected.pvalue, abs=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_the_saddlepoint_agrees_with_the_exact_distribution_far_into_the_tail(seed):
    sizes = np.sort(np.random.default_rng(seed).integers(1, 100, 40)).astype(float)
    for deviations in (0.5, 1, 2, 3, 4, 4.8):
        seen = round(deviations * float(np.sqrt((sizes**2).sum())))
        seen += (seen - int(sizes.sum())) % 2
        assert saddlepoint(sizes, seen) == pytest.approx(exact_mid_p(sizes.astype(int), seen), rel=0.06)


@given(st.lists(st.floats(0.01, 1), min_size=30, max_size=60), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_sum_is_never_less_surprising(sizes, one, other):
    sizes = np.sort(sizes)
    near, far = (saddlepoint(sizes, share * float(sizes.sum())) for share in sorted((one, other)))
    assert far <= near * 1.05
    assert 2.0 ** (1 - len(sizes)) <= far


def test_clusters_that_did_not_move_say_nothing():
    assert sign_flip_test([0.5, 0, 0, 0.5, 0], 0.5) == sign_flip_test([0.5, 0.5], 0.5)
    assert sign_flip_test([0, 0], 0.5)[0] == 1.0


def test_contributions_that_are_nothing_but_rounding_say_nothing():
    moved = [0.1, -0.2, 0.3, 0.3, 0.1, -0.1] * 4
    assert 0.1 + 0.2 - 0.3 != 0
    assert sign_flip_test([*moved, 0.1 + 0.2 - 0.3], 1.0) == sign_flip_test([*moved, 0.0], 1.0)
