"""The estimate of the time left: nothing out of nothing, and proportion otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.run.pace import Pace, spoken


def test_nothing_is_said_before_anything_is_known():
    assert Pace(2).left_s([5], 16) is None
    assert Pace(2).left_s([], 0) == 0


def test_a_solved_example():
    pace = Pace(2)
    pace.train(1, 30.0)
    pace.train(5, 70.0)
    pace.answer(16, 32.0)
    assert pace.left_s([2, 4], 10) == pytest.approx((10 * (4 + 6) + 10 * 2) / 2)


@given(st.lists(st.integers(1, 5), min_size=1), st.integers(1, 8), st.floats(1, 1e4))
def test_twice_the_slots_take_half_the_time(sizes, slots, seconds):
    one, two = Pace(slots), Pace(2 * slots)
    for pace in (one, two):
        pace.train(3, seconds)
    left = one.left_s(sizes, 0)
    assert left is not None
    assert two.left_s(sizes, 0) == pytest.approx(left / 2)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "an unknown time"), (5, "under a minute"), (90, "2 min"), (3600, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_durations_are_said_as_people_do(seconds, words):
    assert spoken(seconds) == words
