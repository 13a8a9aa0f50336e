"""Marks of 0 and 1 that clusters take or exchange are pooled as if each cluster were pooled anew, to the last bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import leaving_out
from benchmarks.card import Mark, Sample
from benchmarks.leaving_out import FEW, Exchange
from benchmarks.pooling import ScaledMean, SumOfTasks, all_right, mean_of_groups

WAYS = [
    (ScaledMean(10.0), lambda exchange, groups, pairs: [10.0 * one for one in leaving_out.means(exchange)]),
    (mean_of_groups("group"), lambda exchange, groups, pairs: leaving_out.means_of_groups(exchange, groups)),
    (all_right("group"), lambda exchange, groups, pairs: leaving_out.shares_of_groups(exchange, groups)),
    (SumOfTasks("group", "pair"), leaving_out.sums_of_tasks),
]
# Pairs of marks: the group of both, each mark now and instead.
PAIRS = st.lists(st.tuples(st.sampled_from("xyz"), *[st.sampled_from([0.0, 1.0])] * 4), min_size=2, max_size=12)


def asked(pairs):
    samples = [
        Sample(str(2 * pair + half), "q", (), (), ("a",), "", "", "", {"group": group, "pair": str(pair)})
        for pair, (group, *_) in enumerate(pairs)
        for half in range(2)
    ]
    now, instead = ([value for one in pairs for value in one[start : start + 2]] for start in (1, 3))
    return samples, marked(now), marked(instead)


def marked(values):
    return [Mark(str(place), value, "a", "exact") for place, value in enumerate(values)]


def clusters_of(pairs, cut):
    whole = [list(range(2 * cut)), list(range(2 * cut, 2 * len(pairs)))]
    return [*whole, *([2 * pair, 2 * pair + 1] for pair in range(len(pairs)))]


def exchange(marks, instead, clusters):
    return Exchange.whole([one.value for one in marks], instead and [one.value for one in instead], clusters)


@pytest.mark.parametrize(("pool", "way"), WAYS)
@given(PAIRS, st.data())
def test_what_is_left_is_pooled_to_the_last_bit(pool, way, pairs, data):
    (samples, marks, _), cut = asked(pairs), data.draw(st.integers(1, len(pairs) - 1))
    clusters = clusters_of(pairs, cut)
    rest = [[place for place in range(len(samples)) if place not in cluster] for cluster in clusters]
    expected = [pool([samples[place] for place in one], [marks[place] for place in one]) for one in rest]
    groups, names = ([sample.meta[key] for sample in samples] for key in ("group", "pair"))
    assert way(exchange(marks, None, clusters), groups, names) == expected
    assert pool.without_each(samples, marks, clusters) == expected


@pytest.mark.parametrize(("pool", "way"), WAYS)
@given(PAIRS, st.data())
def test_what_is_exchanged_is_pooled_to_the_last_bit(pool, way, pairs, data):
    (samples, marks, instead), cut = asked(pairs), data.draw(st.integers(0, 2 * len(pairs) - 1))
    clusters = [[], [cut], *clusters_of(pairs, cut // 2)]
    expected = [
        pool(samples, [instead[place] if place in cluster else mark for place, mark in enumerate(marks)])
        for cluster in clusters
    ]
    groups, names = ([sample.meta[key] for sample in samples] for key in ("group", "pair"))
    assert way(exchange(marks, instead, clusters), groups, names) == expected
    assert pool.without_each(samples, marks, clusters, instead) == expected


@pytest.mark.parametrize("value", [0.5, 1e-300, 1.0 - 2**-53])
def test_a_mark_between_is_no_case_for_counting(value):
    assert exchange(marked([1.0, value]), None, [[0], [1]]) is None
    assert exchange(marked([1.0, 0.0]), marked([value, 0.0]), [[0], [1]]) is None


def test_what_leaves_nothing_or_half_a_pair_is_no_case_for_counting():
    samples, marks, _ = asked([("x", 1.0, 0.0, 0.0, 0.0), ("x", 1.0, 1.0, 0.0, 0.0)])
    groups, names = ([sample.meta[key] for sample in samples] for key in ("group", "pair"))
    everything, half = exchange(marks, None, [[0, 1, 2, 3]]), exchange(marks, None, [[0, 1, 2]])
    assert leaving_out.means(everything) is None
    assert leaving_out.means_of_groups(everything, groups) is None
    assert leaving_out.shares_of_groups(everything, groups) is None
    assert leaving_out.sums_of_tasks(half, groups, names) is None


def test_the_means_of_many_groups_are_no_case_for_counting():
    many = [str(place) for place in range(FEW + 1)]
    assert leaving_out.means_of_groups(exchange(marked([1.0] * len(many)), None, [[0]]), many) is None
