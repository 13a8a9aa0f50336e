import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.card import Mark, Sample
from benchmarks.errors import InvalidData
from benchmarks.pooling import ScaledMean, SumOfTasks, all_right, mean, mean_of_groups

by_source = mean_of_groups("source")
whole = all_right("source")
scaled = ScaledMean(10.0)
POOLS = (mean, by_source, whole, scaled)
VALUES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from("xyz")), min_size=1, max_size=40)


def _pair(values):
    samples = [Sample(str(i), "q", (), (), ("a",), "", "", "", {"source": s}) for i, (_, s) in enumerate(values)]
    return samples, [Mark(str(i), value, "a", "exact") for i, (value, _) in enumerate(values)]


@given(VALUES, st.randoms(use_true_random=False))
def test_pooling_ignores_order(values, random):
    samples, marks = _pair(values)
    order = list(range(len(marks)))
    random.shuffle(order)
    for pool in POOLS:
        assert pool(samples, marks) == pytest.approx(
            pool([samples[i] for i in order], [marks[i] for i in order]), abs=0
        )


@given(VALUES)
def test_pooling_stays_between_the_worst_and_the_best_mark(values):
    samples, marks = _pair(values)
    low, high = (100 * f(mark.value for mark in marks) for f in (min, max))
    for pool in (mean, by_source):
        assert low - 1e-9 <= pool(samples, marks) <= high + 1e-9


def test_the_mean_of_two_unequal_sources_weighs_them_alike():
    samples, marks = _pair([(1.0, "x"), (1.0, "x"), (1.0, "x"), (0.0, "y")])
    assert by_source(samples, marks) == 50.0
    assert mean(samples, marks) == 75.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_a_single_group_pools_like_the_mean(values):
    samples, marks = _pair([(value, "x") for value in values])
    assert by_source(samples, marks) == pytest.approx(mean(samples, marks))


@pytest.mark.parametrize("pool", POOLS)
def test_absent_partial_foreign_and_impossible_marks_are_invalid(pool):
    samples, marks = _pair([(1.0, "x"), (0.0, "y")])
    wrong = [
        ([], []),
        (samples, marks[:1]),
        (samples, marks[::-1]),
        (samples, [marks[0], Mark("1", math.nan, "a", "exact")]),
        (samples, [marks[0], Mark("1", 1.5, "a", "exact")]),
    ]
    for case in wrong:
        with pytest.raises(InvalidData):
            pool(*case)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from("xyz")), min_size=1, max_size=40))
def test_all_right_is_the_share_of_groups_without_a_wrong_mark(values):
    samples, marks = _pair(values)
    groups = {group for _, group in values}
    wrong = {group for value, group in values if value == 0.0}
    assert whole(samples, marks) == 100.0 * ((len(groups) - len(wrong)) / len(groups))


def test_one_wrong_rotation_of_four_loses_the_whole_group():
    samples, marks = _pair([(1.0, "x"), (1.0, "x"), (1.0, "x"), (0.0, "x"), (1.0, "y")])
    assert whole(samples, marks) == 50.0


def test_guessing_a_pair_of_two_ways_each_is_right_a_quarter_of_the_time():
    samples, marks = _pair([(0.5, "x"), (0.5, "x")])
    assert whole(samples, marks) == 25.0


@pytest.mark.parametrize("pool", [by_source, whole, scaled])
@given(VALUES.filter(lambda values: len(values) > 1), st.data())
def test_leaving_each_cluster_out_is_pooling_the_rest_to_the_last_bit(pool, values, data):
    samples, marks = _pair(values)
    cut = data.draw(st.integers(1, len(values) - 1))
    clusters = [list(range(cut)), list(range(cut, len(values)))]
    rest = [([samples[i] for i in other], [marks[i] for i in other]) for other in reversed(clusters)]
    assert pool.without_each(samples, marks, clusters) == [pool(*one) for one in rest]


@pytest.mark.parametrize("pool", [by_source, whole, scaled])
@given(VALUES, st.data())
def test_exchanging_a_clusters_marks_is_pooling_the_mixture_to_the_last_bit(pool, values, data):
    samples, marks = _pair(values)
    fresh = data.draw(st.lists(st.floats(0, 1), min_size=len(values), max_size=len(values)))
    others = [Mark(mark.sample_id, value, "b", "exact") for mark, value in zip(marks, fresh, strict=True)]
    cut = data.draw(st.integers(0, len(values)))
    clusters = [list(range(cut)), list(range(cut, len(values))), [cut // 2]]
    assert pool.without_each(samples, marks, clusters, others) == [
        pool(samples, [others[i] if i in cluster else mark for i, mark in enumerate(marks)]) for cluster in clusters
    ]


@pytest.mark.parametrize("pool", [by_source, whole, scaled])
def test_foreign_and_impossible_marks_are_not_exchanged(pool):
    samples, marks = _pair([(1.0, "x"), (0.0, "y")])
    for others in ([], marks[:1], marks[::-1], [marks[0], Mark("1", math.nan, "a", "exact")]):
        with pytest.raises(InvalidData):
            pool.without_each(samples, marks, [[0]], others)


PAIRS = st.lists(st.tuples(st.sampled_from("xy"), *[st.sampled_from([0.0, 0.5, 1.0])] * 2), min_size=2, max_size=20)
by_tasks = SumOfTasks("task", "pair")


def _tasks(pairs):
    samples, marks = [], []
    for number, (task, *values) in enumerate(pairs):
        for value in values:
            samples.append(
                Sample(str(len(marks)), "q", (), (), ("Yes",), task, task, "", {"task": task, "pair": str(number)})
            )
            marks.append(Mark(str(len(marks)), value, "yes", "exact"))
    return samples, marks


def test_a_task_is_worth_its_accuracy_and_its_pairs():
    samples, marks = _tasks([("x", 1.0, 1.0), ("x", 1.0, 0.0), ("y", 1.0, 1.0)])
    assert by_tasks(samples, marks) == 100 * (3 / 4 + 1 / 2) + 200


def test_a_constant_answer_to_pairs_of_yes_and_no_is_worth_fifty_a_task():
    samples, marks = _tasks([("x", 1.0, 0.0), ("x", 0.0, 1.0), ("y", 1.0, 0.0)])
    assert by_tasks(samples, marks) == 100.0


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_sum_of_tasks_ignores_order_and_stays_on_its_scale(pairs, random):
    samples, marks = _tasks(pairs)
    order = list(range(len(marks)))
    random.shuffle(order)
    pooled = by_tasks(samples, marks)
    assert pooled == by_tasks([samples[i] for i in order], [marks[i] for i in order])
    assert 0.0 <= pooled <= 200.0 * len({task for task, *_ in pairs})


@given(PAIRS)
def test_leaving_each_pair_out_of_the_sum_is_pooling_the_rest_to_the_last_bit(pairs):
    samples, marks = _tasks(pairs)
    clusters = [[2 * number, 2 * number + 1] for number in range(len(pairs))]
    rest = [_tasks(pairs[:number] + pairs[number + 1 :]) for number in range(len(pairs))]
    assert by_tasks.without_each(samples, marks, clusters) == [by_tasks(*one) for one in rest]


@given(PAIRS, st.data())
def test_exchanging_marks_of_a_sum_is_pooling_the_mixture_to_the_last_bit(pairs, data):
    samples, marks = _tasks(pairs)
    fresh = data.draw(st.lists(st.floats(0, 1), min_size=len(marks), max_size=len(marks)))
    others = [Mark(mark.sample_id, value, "no", "exact") for mark, value in zip(marks, fresh, strict=True)]
    cut = data.draw(st.integers(0, len(marks)))
    clusters = [list(range(cut)), list(range(cut, len(marks))), [cut // 2]]
    assert by_tasks.without_each(samples, marks, clusters, others) == [
        by_tasks(samples, [others[i] if i in cluster else mark for i, mark in enumerate(marks)]) for cluster in clusters
    ]


def test_a_cluster_that_splits_a_pair_cannot_be_left_out():
    samples, marks = _tasks([("x", 1.0, 1.0), ("x", 1.0, 0.0)])
    with pytest.raises(InvalidData, match="pair '1' has 1 marks"):
        by_tasks.without_each(samples, marks, [[0, 1, 2]])


def test_half_a_pair_and_no_marks_at_all_are_invalid():
    samples, marks = _tasks([("x", 1.0, 1.0), ("y", 1.0, 1.0)])
    with pytest.raises(InvalidData, match="pair '1' has 1 marks"):
        by_tasks(samples[:3], marks[:3])
    with pytest.raises(InvalidData):
        by_tasks([], [])
