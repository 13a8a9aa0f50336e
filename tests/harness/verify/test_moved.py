"""What each cluster moved adds up to the difference, whatever the pooling."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import pooling
from harness.errors import InvalidEvidence
from harness.verify.moved import in_points, of_marks, of_pool
from tests.harness.nouns import marks, samples
from tests.harness.verify.changes import flips


@pytest.mark.parametrize("a_cluster", [1, 3])
def test_contributions_of_any_pool_add_up(a_cluster):
    rng = np.random.default_rng(0)
    asked = samples(90, a_cluster)
    before, after = (marks(asked, rng.integers(0, 2, 90)) for _ in range(2))
    for pool in (pooling.mean, pooling.mean_of_groups("half")):
        found = of_pool(asked, before, after, pool)
        assert found.difference == pytest.approx(pool(asked, after) - pool(asked, before))
        assert found.n == 90
    plain = of_pool(asked, before, after, lambda some, values: pooling.mean(some, values))
    fast = of_pool(asked, before, after, pooling.mean)
    assert plain.points == pytest.approx(fast.points)
    assert plain.answer_points == pytest.approx(fast.answer_points)
    assert plain.cluster_points == pytest.approx(fast.cluster_points)


def test_marks_without_samples_are_split_the_same_way():
    asked, before, after = flips(12, 2, 3, 3)
    whole = of_pool(asked, before, after, pooling.mean)
    values = [np.array([mark.value for mark in some]) for some in (before, after)]
    split = of_marks(*values, np.arange(12) // 3)
    assert split.points == pytest.approx(whole.points)
    assert (split.gained, split.lost, split.n) == (2, 3, 12)


def test_a_scoring_unit_that_spans_clusters_is_refused():
    asked, before, after = flips(8, 0, 8)

    def all_or_nothing(some, values):
        return 100.0 * all(one.value == 1 for one in values)

    with pytest.raises(InvalidEvidence, match="spans two clusters"):
        of_pool(asked, before, after, all_or_nothing)


def test_a_pair_weighs_no_more_as_a_whole_than_by_one_of_its_answers():
    asked, before, after = flips(40, 0, 1, 2)

    def pairs(some, values):
        both = {}
        for sample, mark in zip(some, values, strict=True):
            both[sample.cluster] = min(mark.value, both.get(sample.cluster, 1.0))
        return 100.0 * sum(both.values()) / len(both)

    found = of_pool(asked, before, after, pairs)
    assert (found.answer_points, found.cluster_points) == pytest.approx((5.0, 5.0))


PAIRED = [pooling.all_right("cluster"), pooling.mean_of_groups("half"), pooling.ScaledMean(10.0)]


@pytest.mark.parametrize("scale", [1, 20])
@pytest.mark.parametrize("pool", [*PAIRED, pooling.SumOfTasks("half", "cluster")])
def test_a_pool_that_exchanges_clusters_splits_a_difference_as_one_that_starts_anew(pool, scale):
    rng = np.random.default_rng(1)
    asked = [
        replace(one, meta={"half": str(place // 40), "cluster": one.cluster})
        for place, one in enumerate(samples(80, 2))
    ]
    before, after = (marks(asked, rng.choice([0.0, 0.25, 1.0], 80)) for _ in range(2))
    fast = of_pool(asked, before, after, in_points(pool, scale))
    slow = of_pool(asked, before, after, lambda some, values: pool(some, values) / scale)
    assert (fast.points == slow.points).all()
    assert (fast.answer_points, fast.cluster_points) == (slow.answer_points, slow.cluster_points)
