"""Two orders compared: tau as scipy has it, ties, firsts and win probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from harness.analyse.rankings import agreement, kendall_tau, same_first, win_probabilities

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=12)


@given(PAIRS)
def test_tau_is_scipy_s(pairs):
    x, y = np.array(pairs, dtype=float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(kendall_tau(x, y))
    else:
        assert kendall_tau(x, y) == pytest.approx(kendalltau(x, y).statistic)


@given(PAIRS)
def test_tau_does_not_depend_on_who_is_asked_first_nor_on_the_scale(pairs):
    x, y = np.array(pairs, dtype=float).T
    np.testing.assert_array_equal(kendall_tau(x, y), kendall_tau(y, x))
    np.testing.assert_array_equal(kendall_tau(3 * x + 1, y), kendall_tau(x, y))


def test_opposite_orders_have_tau_minus_one_and_different_firsts():
    found = agreement(np.array([[1.0, 2.0, 3.0]]), np.array([[3.0, 2.0, 1.0]]))
    assert (found.tau.value, found.same_first, found.same_first_share) == (-1.0, False, None)


def test_a_tie_for_the_first_agrees_with_nothing():
    tied, clear = np.array([2.0, 2.0, 1.0]), np.array([3.0, 2.0, 1.0])
    assert same_first(tied, clear) == 0
    assert same_first(clear, clear) == 1


def test_a_missing_member_leaves_nothing_to_compare():
    found = agreement(np.array([[1.0, np.nan, 3.0]]), np.array([[3.0, 2.0, 1.0]]))
    assert (found.tau.value, found.same_first) == (None, None)


def test_the_share_of_draws_with_the_same_first_is_counted():
    table, draws = [3.0, 1.0], [[3.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 2.0]]
    found = agreement(np.array([table, *draws]), np.array([table] * 5))
    assert (found.same_first, found.same_first_share) == (True, 0.75)


def test_win_probabilities_of_both_ways_add_up_to_one():
    draws = np.random.default_rng(0).integers(0, 3, (50, 4)).astype(float)
    won = win_probabilities(draws)
    assert won + won.T == pytest.approx(np.ones((4, 4)))
    assert (np.diag(won) == 0.5).all()


def test_one_draw_gives_no_probability():
    assert np.isnan(win_probabilities(np.array([[1.0, 2.0]]))).all()


def test_a_draw_without_an_order_does_not_agree():
    table = [3.0, 1.0]
    found = agreement(np.array([table, table, [np.nan, 1.0]]), np.array([table] * 3))
    assert (found.same_first, found.same_first_share) == (True, 0.5)
