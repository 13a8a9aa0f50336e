"""The paired interval and test against textbook formulas, exact tests and simulation."""

from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from benchmarks import pooling
from harness.errors import InvalidEvidence
from harness.verify.paired import Contribution, adjusted_interval, contributions, paired, sign_flip_test
from tests.harness.nouns import marks, samples


def flips(n, gained, lost, a_cluster=1):
    """Make two runs of n answers with these flips, the first ones lost, the last ones gained."""
    asked = samples(n, a_cluster)
    before = [1.0] * (n - gained) + [0.0] * gained
    after = [0.0] * lost + [1.0] * (n - lost)
    return asked, marks(asked, before), marks(asked, after)


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


@settings(max_examples=40, deadline=None)
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


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=10))
def test_the_exact_test_counts_every_choice_of_signs(sums):
    moved = [value for value in sums if value]
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(moved))).reshape(len(moved), -1) if moved else np.zeros((0, 1))
    totals, seen = np.abs(np.array(moved) @ signs), abs(sum(moved))
    expected = (totals > seen).mean() + (totals == seen).mean() / 2 if seen else 1.0
    assert sign_flip_test([value * 0.25 for value in moved], 0.25)[0] == pytest.approx(expected)


def test_graded_contributions_are_tested_by_permutation():
    moved = [0.3, 0.7, 0.51, 0.2, 0.9]
    assert sign_flip_test(moved, 1.0) == (2 / 32, "sign flips, permutation")
    rng = np.random.default_rng(1)
    many = rng.normal(0.1, 1, 60)
    found, how = sign_flip_test(many, 1.0)
    expected = stats.permutation_test((many,), np.sum, permutation_type="samples", n_resamples=20_000, rng=rng)
    assert how == "sign flips, permutation"
    assert found == pytest.approx(expected.pvalue, abs=0.02)


@pytest.mark.parametrize("a_cluster", [1, 3])
def test_contributions_of_any_pool_add_up(a_cluster):
    rng = np.random.default_rng(0)
    asked = samples(90, a_cluster)
    before, after = (marks(asked, rng.integers(0, 2, 90)) for _ in range(2))
    for pool in (pooling.mean, pooling.mean_of_groups("half")):
        parts = contributions(asked, before, after, pool)
        assert sum(part.points for part in parts) == pytest.approx(pool(asked, after) - pool(asked, before))
        assert sum(part.size for part in parts) == 90
    plain = contributions(asked, before, after, lambda some, values: pooling.mean(some, values))
    assert [part.points for part in plain] == pytest.approx(
        [part.points for part in contributions(asked, before, after, pooling.mean)]
    )


def test_a_scoring_unit_that_spans_clusters_is_refused():
    asked, before, after = flips(8, 0, 8)

    def all_or_nothing(some, values):
        return 100.0 * all(one.value == 1 for one in values)

    with pytest.raises(InvalidEvidence, match="spans two clusters"):
        paired(asked, before, after, all_or_nothing, 0.9)


@pytest.mark.parametrize(
    ("clusters", "size", "rate", "alike"), [(480, 1, 0.02, 0.0), (480, 1, 0.1, 0.0), (120, 4, 0.1, 0.3)]
)
def test_the_interval_covers_no_difference_as_often_as_it_says(clusters, size, rate, alike):
    rng, covered, rejected, times = np.random.default_rng(7), 0, 0, 1000
    n = clusters * size
    for _ in range(times):
        shape = (1 - alike) / alike if alike else 1.0
        chance = rng.beta(rate * shape, (1 - rate) * shape, clusters) if alike else np.full(clusters, rate)
        flipped = rng.random((clusters, size)) < chance[:, None]
        sums = (flipped * rng.choice([-1, 1], (clusters, 1 if alike else size))).sum(1)
        parts = [Contribution(100 / n * total, size) for total in sums]
        interval, _ = adjusted_interval(parts, 100 / n, 0.9)
        covered += interval.low <= 0 <= interval.high
        rejected += sign_flip_test([part.points for part in parts if part.points], 100 / n)[0] < 0.05
    # Three binomial standard errors below the promise; Bonett and Price's interval is known to be a little too wide.
    assert covered / times > 0.9 - 3 * sqrt(0.9 * 0.1 / times)
    assert rejected / times < 0.05 + 3 * sqrt(0.05 * 0.95 / times)
