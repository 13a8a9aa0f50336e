"""The paired interval against textbook formulas, laws and simulation."""

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from benchmarks import pooling
from harness.verify.paired import adjusted_interval, paired, togetherness
from harness.verify.signs import sign_flip_test
from tests.harness.nouns import marks, samples
from tests.harness.verify.changes import changed, flips


def bonett_price(n, gained, lost, z):
    p, q = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    half = z * sqrt((p + q - (p - q) ** 2) / (n + 2))
    return 100 * (p - q - half), 100 * (p - q + half)


@given(st.integers(20, 400), st.integers(0, 8), st.integers(0, 8))
def test_single_answers_have_bonett_and_prices_interval_and_the_mid_p_mcnemar_test(n, gained, lost):
    found = paired(*flips(n, gained, lost), pooling.mean, 0.9)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        bonett_price(n, gained, lost, stats.norm.ppf(0.95))
    )
    assert found.difference == pytest.approx(100 * (gained - lost) / n)
    assert (found.gained, found.lost, found.n, found.clusters) == (gained, lost, n, n)
    exact = mcnemar([[0, gained], [lost, 0]], exact=True).pvalue if gained + lost else 1.0
    point = comb(gained + lost, gained) / 2 ** (gained + lost)
    assert found.p_value == pytest.approx(1.0 if gained == lost else exact - point)


def test_a_table_known_by_hand():
    found = paired(*flips(98, 9, 1), pooling.mean, 0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((8 - 6.606, 8 + 6.606), abs=0.001)
    assert found.p_value == pytest.approx(2 * (1 / 1024) + 10 / 1024)


@given(st.integers(2, 500), st.integers(1, 6))
def test_no_flip_never_gives_a_zero_width(n, a_cluster):
    found = paired(*flips(n, 0, 0, a_cluster), pooling.mean, 0.9)
    assert found.interval.low < 0 < found.interval.high
    assert found.p_value == 1.0


@settings(max_examples=40)
@given(st.data())
def test_the_order_of_samples_is_irrelevant_and_swapping_the_runs_mirrors(data):
    n, a_cluster = data.draw(st.integers(8, 30)), data.draw(st.integers(1, 4))
    pool = data.draw(st.sampled_from([pooling.mean, pooling.mean_of_groups("half")]))
    value = st.sampled_from([0.0, 0.3, 1.0])
    asked = samples(n, a_cluster)
    before = marks(asked, data.draw(st.lists(value, min_size=n, max_size=n)))
    after = marks(asked, data.draw(st.lists(value, min_size=n, max_size=n)))
    found = paired(asked, before, after, pool, 0.9)
    order = data.draw(st.permutations(range(n)))
    shuffled = paired(*([rows[at] for at in order] for rows in (asked, before, after)), pool, 0.9)
    assert shuffled.difference == pytest.approx(found.difference, abs=1e-9)
    assert shuffled.interval.low == pytest.approx(found.interval.low, abs=1e-9)
    assert shuffled.p_value == pytest.approx(found.p_value, abs=1e-9)
    mirror = paired(asked, after, before, pool, 0.9)
    assert mirror.difference == pytest.approx(-found.difference, abs=1e-9)
    assert (mirror.interval.low, mirror.interval.high) == pytest.approx(
        (-found.interval.high, -found.interval.low), abs=1e-9
    )
    assert (mirror.gained, mirror.lost) == (found.lost, found.gained)
    assert mirror.p_value == pytest.approx(found.p_value, abs=1e-9)


def test_flips_of_whole_clusters_are_told_from_single_ones():
    alone, whole = np.zeros((60, 4)), np.zeros((60, 4))
    alone[:30, 0] = 1
    whole[:8] = 1
    assert togetherness(changed(alone)) == pytest.approx(24 / (90 + 24))
    assert togetherness(changed(whole)) == 1.0
    assert togetherness(changed(np.zeros((60, 4)))) == 1.0
    assert togetherness(changed(np.zeros((60, 1)))) == 0.0


@given(st.integers(4, 60), st.integers(1, 6), st.integers(0, 4), st.integers(0, 4))
def test_whole_clusters_are_never_judged_more_surely_than_single_answers_for_each_cluster(count, size, gained, lost):
    lost = min(lost, count - min(gained, count))
    change = np.repeat([1.0] * min(gained, count) + [-1.0] * lost + [0.0] * count, 1)[:count]
    together, _ = adjusted_interval(changed(np.repeat(change[:, None], size, axis=1)), 0.9)
    alone, _ = adjusted_interval(changed(change[:, None]), 0.9)
    assert together.high - together.low >= (alone.high - alone.low) * 0.99


@pytest.mark.parametrize(
    ("clusters", "size", "rate", "alike"), [(480, 1, 0.02, 0.0), (480, 1, 0.1, 0.0), (120, 4, 0.1, 0.3)]
)
def test_the_interval_covers_no_difference_as_often_as_it_says(clusters, size, rate, alike):
    rng, covered, rejected, times = np.random.default_rng(7), 0, 0, 1000
    for _ in range(times):
        shape = (1 - alike) / alike if alike else 1.0
        chance = rng.beta(rate * shape, (1 - rate) * shape, clusters) if alike else np.full(clusters, rate)
        flipped = rng.random((clusters, size)) < chance[:, None]
        moved = changed(flipped * rng.choice([-1, 1], (clusters, 1 if alike else size)))
        interval, _ = adjusted_interval(moved, 0.9)
        covered += interval.low <= 0 <= interval.high
        rejected += sign_flip_test(moved.points, moved.answer_points)[0] < 0.05
    # Three binomial standard errors below the promise; Bonett and Price's interval is known to be a little too wide.
    assert covered / times > 0.9 - 3 * sqrt(0.9 * 0.1 / times)
    assert rejected / times < 0.05 + 3 * sqrt(0.05 * 0.95 / times)


@pytest.mark.parametrize("rate", [0.01, 0.03, 0.1])
def test_runs_one_margin_apart_are_rarely_called_equivalent_when_whole_images_flip(rate):
    rng, times, small = np.random.default_rng(3), 1000, 0
    for _ in range(times):
        change = np.repeat(-(rng.random((60, 1)) < rate).astype(float), 4, axis=1)
        interval, _ = adjusted_interval(changed(change), 0.9)
        small += -100 * rate < interval.low and interval.high < 100 * rate
    assert small / times < 0.1
