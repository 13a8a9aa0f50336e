"""The divergence of two looks at one picture: nothing where they agree, known by hand where they do not."""

from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.analyse.attention_divergence import SMOOTHING, distribution, divergence

LOOKS = arrays(np.float64, (2, 5), elements=st.floats(0, 1)).filter(lambda looks: bool((looks.sum(1) > 1e-3).all()))


def test_a_hand_solved_case():
    full, masked = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25, 0.5])
    assert divergence(full, masked, 0.0) == pytest.approx(0.25 * log(2))
    assert divergence(np.array([2.0, 0.0]), np.array([1.0, 1.0]), 0.0) == pytest.approx(log(2))


def test_what_is_not_looked_at_any_more_is_infinite_unless_smoothed():
    full, masked = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    assert divergence(full, masked, 0.0) == inf
    e = 0.01
    p, q = 0.5, np.array([1 + e, e]) / (1 + 2 * e)
    assert divergence(full, masked, e) == pytest.approx(p * log(p / q[0]) + p * log(p / q[1]))


@given(LOOKS)
def test_it_is_never_negative_never_infinite_and_zero_for_equal_looks(looks):
    full, masked = looks
    assert -1e-12 <= divergence(full, masked) <= log((1 + SMOOTHING) / SMOOTHING) + 1e-9
    assert divergence(full, full) == pytest.approx(0, abs=1e-12)


@given(LOOKS, st.floats(0.1, 100))
def test_only_the_shares_among_the_picture_s_tokens_count(looks, factor):
    full, masked = looks
    assert divergence(factor * full, masked) == pytest.approx(divergence(full, masked), abs=1e-9)
    assert distribution(full).sum() == pytest.approx(1)


@given(LOOKS, st.permutations(range(5)))
def test_the_order_of_the_tokens_does_not_matter(looks, order):
    full, masked = looks
    assert divergence(full[order], masked[order]) == pytest.approx(divergence(full, masked), abs=1e-9)


@pytest.mark.parametrize("broken", [[0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_what_is_no_attention_is_refused(broken):
    with pytest.raises(ValueError, match="attention over visual tokens"):
        divergence(np.array(broken), np.array([0.5, 0.5]))
