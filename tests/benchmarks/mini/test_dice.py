from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mini.dice import Dice

PATHS = st.lists(st.one_of(st.integers(0, 2**70), st.text(max_size=8)), max_size=4)


def test_the_stream_is_the_same_on_every_machine():
    dice = Dice("scene", "train", 0, 1)
    assert [dice.below(1000) for _ in range(6)] == [981, 546, 950, 300, 947, 294]


@given(PATHS)
def test_one_path_throws_one_stream(path):
    assert [Dice(*path).below(2**60) for _ in range(3)] == [Dice(*path).below(2**60) for _ in range(3)]


@given(PATHS, PATHS)
def test_different_paths_throw_different_streams(a, b):
    if a != b:
        first, second = Dice(*a), Dice(*b)
        assert [first.below(2**60) for _ in range(3)] != [second.below(2**60) for _ in range(3)]


@given(st.integers(0, 2**40), st.lists(st.integers(), max_size=12))
def test_shuffling_keeps_the_items(seed, items):
    assert sorted(Dice(seed).shuffled(items)) == sorted(items)


@given(st.integers(0, 2**40), st.integers(1, 12))
def test_taking_takes_different_items(seed, count):
    taken = Dice(seed).take(range(12), count)
    assert len(set(taken)) == len(taken) == count


def test_throws_are_even():
    dice = Dice(7)
    counts = Counter(dice.between(1, 6) for _ in range(60_000))
    assert set(counts) == set(range(1, 7))
    assert all(abs(count - 10_000) < 500 for count in counts.values())


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Dice(-1)
