"""Capacity, Necessity, Conditional Utilization Rate and Shapley values of planted lattices, solved by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.analyse.capacity import capacity
from harness.analyse.conditional_utilization import above_floor, conditional_utilization
from harness.analyse.necessity import necessity, relative
from harness.analyse.shapley import interactions, removal_interactions, shapley
from tests.harness.analyse.planted import FLOOR, WORTH, additive, harmful, synergy, twins

SCORES = st.integers(2, 5).flatmap(
    lambda n: arrays(np.float64, 2**n, elements=st.floats(0, 100, allow_nan=False, width=32))
)


def test_in_an_additive_lattice_every_role_is_the_encoder_s_worth():
    scores = additive()
    assert capacity(scores) == pytest.approx(FLOOR + np.array(WORTH))
    assert necessity(scores) == pytest.approx(WORTH)
    assert relative(scores) == pytest.approx(np.array(WORTH) / 40.0)
    assert conditional_utilization(scores) == pytest.approx(np.array(WORTH) / 40.0)
    assert shapley(scores) == pytest.approx(WORTH)
    assert interactions(scores) == pytest.approx(np.zeros(6), abs=1e-12)


def test_twins_are_not_needed_though_each_is_able():
    scores = twins()
    assert capacity(scores).tolist() == [30.0, 30.0, 24.0]
    assert necessity(scores).tolist() == [0.0, 0.0, 4.0]
    assert shapley(scores) == pytest.approx([5.0, 5.0, 4.0])
    assert interactions(scores) == pytest.approx([-10.0, 0.0, 0.0], abs=1e-12)
    assert removal_interactions(scores).tolist() == [-10.0, 0.0, 0.0]


def test_pure_synergy_has_no_capacity_and_all_the_necessity():
    scores = synergy()
    assert capacity(scores).tolist() == [20.0, 20.0, 20.0]
    assert necessity(scores).tolist() == [12.0, 12.0, 0.0]
    assert shapley(scores) == pytest.approx([6.0, 6.0, 0.0])
    assert interactions(scores) == pytest.approx([12.0, 0.0, 0.0], abs=1e-12)


def test_a_harmful_encoder_has_negative_roles():
    scores = harmful()
    assert necessity(scores).tolist() == [8.0, -5.0, 2.0]
    assert conditional_utilization(scores) == pytest.approx([8 / 25, -5 / 25, 2 / 25])
    assert shapley(scores) == pytest.approx([8.0, -5.0, 2.0])


def test_the_floor_is_taken_off_where_guessing_scores():
    assert above_floor(additive(), np.array(FLOOR)) == pytest.approx(np.array(WORTH) / 20.0)
    assert np.isnan(above_floor(additive(), np.array(40.0))).all()


@pytest.mark.parametrize("full", [0.0, -1.0])
def test_a_full_score_that_is_not_positive_has_no_rate(full):
    scores = np.array([0.0, 1.0, 2.0, full])
    assert np.isnan(conditional_utilization(scores)).all()
    assert np.isnan(relative(scores)).all()
    assert necessity(scores).tolist() == [full - 2.0, full - 1.0]


def test_a_constant_lattice_has_rates_of_exactly_zero():
    scores = np.full((3, 8), 37.3)
    assert (conditional_utilization(scores) == 0).all()
    assert (necessity(scores) == 0).all()


@given(SCORES)
def test_shapley_values_share_out_the_whole_and_nothing_else(scores):
    assert shapley(scores).sum() == pytest.approx(scores[-1] - scores[0], abs=1e-9)


@given(SCORES, st.randoms(use_true_random=False))
def test_shapley_values_do_not_depend_on_the_order_of_the_pool(scores, random):
    n = len(scores).bit_length() - 1
    order = list(range(n))
    random.shuffle(order)
    moved = np.empty_like(scores)
    for mask in range(2**n):
        moved[sum(1 << order[i] for i in range(n) if mask >> i & 1)] = scores[mask]
    assert shapley(moved)[order] == pytest.approx(shapley(scores), abs=1e-9)


@given(arrays(np.float64, 16, elements=st.floats(0, 100, allow_nan=False, width=32)))
def test_shapley_values_are_the_mean_gain_over_all_orders_of_joining(scores):
    gains = np.zeros(4)
    for order in permutations(range(4)):
        held = 0
        for i in order:
            gains[i] += (scores[held | 1 << i] - scores[held]) / 24
            held |= 1 << i
    assert shapley(scores) == pytest.approx(gains, abs=1e-9)


@given(arrays(np.float64, 16, elements=st.floats(0, 100, allow_nan=False, width=32)))
def test_an_interaction_is_what_a_pair_s_value_changes_by_when_the_other_is_there(scores):
    for place, (i, j) in enumerate(combinations(range(4), 2)):
        others = [k for k in range(4) if k != j]
        held = [sum(1 << others[b] for b in range(3) if mask >> b & 1) for mask in range(8)]
        with_j, without_j = scores[[m | 1 << j for m in held]], scores[held]
        at = others.index(i)
        assert interactions(scores)[place] == pytest.approx(shapley(with_j)[at] - shapley(without_j)[at], abs=1e-9)


def test_measures_work_on_every_draw_and_column_at_once():
    scores = np.stack([[additive(3), twins()], [synergy(), harmful()]])
    for measure in (capacity, necessity, relative, conditional_utilization, shapley, interactions):
        assert measure(scores).shape == (2, 2, 3)
        assert measure(scores)[1, 0] == pytest.approx(measure(synergy()))
