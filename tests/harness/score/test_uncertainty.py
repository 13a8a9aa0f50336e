"""The clustered standard error against slower and independent ways to the same number."""

from math import sqrt

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import pooling
from harness.errors import InvalidEvidence
from harness.score.uncertainty import clusters_of, influences, jackknife, standard_error
from tests.harness.nouns import marks, samples

VALUES = st.lists(st.sampled_from([0.0, 0.3, 0.6, 1.0]), min_size=6, max_size=60)


def places(asked):
    return list(clusters_of(asked).values())


@given(VALUES)
def test_clusters_of_one_give_the_textbook_error(values):
    asked = samples(len(values))
    expected = 100 * np.std(values, ddof=1) / sqrt(len(values))
    assert standard_error(asked, marks(asked, values), pooling.mean) == pytest.approx(expected, abs=1e-9)


@given(VALUES, st.integers(1, 4))
def test_the_mean_agrees_with_cluster_robust_least_squares(values, size):
    asked = samples(len(values), size)
    groups = [int(sample.cluster.split()[1]) for sample in asked]
    fitted = sm.OLS(100 * np.array(values), np.ones(len(values))).fit()
    robust = fitted.get_robustcov_results("cluster", groups=np.array(groups), use_correction=False)
    count = len(set(groups))
    expected = float(robust.bse[0]) * sqrt(count / (count - 1))
    assert standard_error(asked, marks(asked, values), pooling.mean) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=8, max_size=40).map(lambda v: v[: len(v) // 4 * 4]))
def test_jackknife_of_equal_clusters_is_the_closed_form_of_the_mean(values):
    asked = samples(len(values), 4)
    given_marks = marks(asked, values)
    slow = jackknife(asked, given_marks, pooling.mean, places(asked))
    assert slow == pytest.approx(standard_error(asked, given_marks, pooling.mean), abs=1e-9)


def test_a_mean_of_halves_has_the_error_of_its_strata():
    rng = np.random.default_rng(0)
    asked = samples(600)
    values = rng.integers(0, 2, 600)
    pool = pooling.mean_of_groups("half")
    halves = [
        np.array([v for s, v in zip(asked, values, strict=True) if s.meta["half"] == h]) for h in ("first", "second")
    ]
    by_hand = 100 * sqrt(sum(half.var(ddof=1) / len(half) for half in halves)) / 2
    assert standard_error(asked, marks(asked, values), pool) == pytest.approx(by_hand, rel=0.01)


def test_answers_that_agree_within_pictures_make_the_error_larger():
    asked = samples(400, 4)
    alike = [float((place // 4) % 2) for place in range(400)]
    mixed = [float(place % 2) for place in range(400)]
    alike_error = standard_error(asked, marks(asked, alike), pooling.mean)
    assert alike_error == pytest.approx(
        2 * standard_error(samples(400), marks(samples(400), alike), pooling.mean), rel=0.01
    )
    assert standard_error(asked, marks(asked, mixed), pooling.mean) == 0


@settings(max_examples=30)
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_samples_changes_no_bit(values, random):
    asked = samples(len(values), 2)
    pairs = list(zip(asked, marks(asked, values), strict=True))
    before = standard_error(asked, [one for _, one in pairs], pooling.mean)
    random.shuffle(pairs)
    assert standard_error([sample for sample, _ in pairs], [one for _, one in pairs], pooling.mean) == before


def test_one_cluster_says_nothing_about_its_spread():
    asked = samples(5, 5)
    with pytest.raises(InvalidEvidence, match="two clusters"):
        standard_error(asked, marks(asked, [0, 1, 0, 1, 1]), pooling.mean)


@pytest.mark.parametrize("pool", [pooling.mean, pooling.mean_of_groups("half"), pooling.all_right("half")])
def test_what_clusters_add_has_the_squares_of_the_error_and_the_sign_of_their_marks(pool):
    asked = samples(24, a_cluster=3)
    given = marks(asked, [1.0] * 3 + [0.0] * 3 + [float(place % 2 or place > 15) for place in range(18)])
    clusters = clusters_of(asked)
    added = influences(asked, given, pool, clusters)
    assert sum(one**2 for one in added) ** 0.5 == pytest.approx(standard_error(asked, given, pool, clusters))
    assert sum(added) == pytest.approx(0.0, abs=1e-9)
    if pool is not pooling.all_right("half"):
        assert added[0] >= added[1]
