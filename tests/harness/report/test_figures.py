"""Figures hold what the measures say: a cell a score, a place a rank, labels that do not overlap."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.figures.drawing import Scale, apart, scale, short
from harness.report.figures.heat import heat
from harness.report.figures.ranges import Row, ranges
from harness.report.figures.slopes import slopes
from harness.report.table import Amount
from tests.harness.report.studies import BENCHMARKS, few, whole

PLACES = st.lists(st.floats(0, 1000), min_size=1, max_size=8)


def test_a_heat_map_has_a_cell_for_every_score_and_names_the_extremes():
    drawn = heat(whole(), "retrained")
    assert len(re.findall(r'<rect[^>]*class="h\d"', drawn)) == 15 * (1 + len(BENCHMARKS))
    assert 'class="missing"' not in drawn
    assert "By the mean, clip+sam+dino+eva is highest" in drawn
    assert "eva lowest" in drawn


def test_a_missing_score_is_drawn_as_missing():
    drawn = heat(few(), "retrained")
    assert len(re.findall(r'class="missing"', drawn)) == (15 - 5) * 2
    assert "5 of 15 retrained subsets have a score" in drawn


def test_the_lowest_score_of_a_column_has_the_first_shade_and_the_highest_the_last():
    both = heat(whole(), "retrained") + heat(whole(), "masked")
    for shade in (0, 9):
        assert len(re.findall(f'class="h{shade}"', both)) >= 1 + len(BENCHMARKS)


def test_slopes_number_the_places_of_both_sides():
    values = {"a": (Amount(3.0), Amount(1.0)), "b": (Amount(2.0), Amount(2.0)), "c": (Amount(1.0), Amount(3.0))}
    drawn = slopes("s", "Title", ("left", "right"), ("a", "b", "c"), values)
    assert drawn is not None
    assert re.findall(r">(\d\. [abc])<", drawn) == ["1. a", "3. a", "2. b", "2. b", "3. c", "1. c"]
    assert "left: a, b, c. right: c, b, a." in drawn


def test_a_figure_without_numbers_is_none():
    assert ranges("r", "Title", "points", []) is None
    assert slopes("s", "Title", ("left", "right"), ("a",), {"a": (Amount(1.0), Amount(1.0))}) is None


def test_bars_begin_at_zero_whatever_their_sign():
    drawn = ranges("r", "Title", "points", [Row("up", 2.0, 1.0, 3.0), Row("down", -2.0, -3.0, -1.0)])
    assert drawn is not None
    bars = [
        tuple(map(float, found))
        for found in re.findall(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*class="bar', drawn)
    ]
    (up, up_width), (down, down_width) = bars
    assert up == pytest.approx(down + down_width, abs=0.02)
    assert up_width == pytest.approx(down_width, abs=0.02)


@given(PLACES)
def test_labels_keep_their_order_and_their_distance(places):
    moved = apart(places, 10.0)
    order = sorted(range(len(places)), key=lambda place: places[place])
    assert all(moved[two] - moved[one] >= 9.0 for one, two in pairwise(order))


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6), st.integers(3, 8))
def test_ticks_are_inside_round_and_told_apart(values, most):
    made = scale(values, 0.0, 100.0)
    ticks = made.ticks(most)
    assert 1 <= len(ticks) <= most + 1
    assert all(made.low - 1e-6 <= tick <= made.high + 1e-6 for tick, _ in ticks)
    assert len({told for _, told in ticks}) == len(ticks)


def test_numbers_for_people_have_a_true_minus_and_no_signed_nothing():
    assert short(-1.25, 1) == "−1.2"
    assert short(-0.01, 1) == "0.0"
    assert Scale(0.0, 10.0, 0.0, 100.0)(2.5) == 25.0
