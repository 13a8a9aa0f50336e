"""Gains, best pairs and routing of planted lattices, solved by hand."""

import numpy as np
import pytest

from harness.analyse.growth import best_gain, best_pair_against_full, mean_gain, two_best_singles
from harness.analyse.lattice import Column
from harness.analyse.routing import best_encoder, optimism, oracle, oracle_gain
from tests.harness.analyse.planted import additive, synergy, twins


def test_in_an_additive_lattice_the_best_subset_grows_by_the_next_best_worth():
    assert [best_gain(additive(), size) for size in (2, 3, 4)] == pytest.approx([6.0, 3.0, 1.0])
    assert [mean_gain(additive(), size) for size in (2, 3, 4)] == pytest.approx([5.0, 5.0, 5.0])


def test_the_best_pair_of_twins_and_a_third_reaches_the_full_set():
    found = best_pair_against_full(twins()[None])
    assert found is not None
    assert (found.mask, found.number.value) == (0b101, 0.0)


def test_the_two_highest_capacities_are_a_bad_pair_where_they_are_twins():
    found = two_best_singles(twins()[None])
    assert found is not None
    assert (found.mask, found.number.value) == (0b011, -4.0)


def test_synergy_is_invisible_to_capacities():
    scores = synergy()
    scores[0b100] += 1
    found = two_best_singles(scores[None])
    assert found is not None
    assert found.number.value == -12.0


def test_a_missing_pair_is_not_compared():
    scores = twins()
    scores[0b011] = np.nan
    assert best_pair_against_full(scores[None]) is None
    assert two_best_singles(scores[None]) is None


def test_the_best_of_equal_pairs_owes_its_lead_to_luck():
    noise = np.random.default_rng(0).normal(0, 1, (1000, 16))
    found = best_pair_against_full(np.concatenate([np.zeros((1, 16)), noise]))
    assert found is not None
    assert found.optimism == pytest.approx(1.267, abs=0.1)  # the mean of the largest of six standard normals


def test_the_oracle_takes_the_best_single_of_each_benchmark():
    columns = (Column("mean", (0, 1)), Column("general", (0,)), Column("gqa", (0,)), Column("b", (1,)))
    one, two = np.zeros(4), np.zeros(4)
    one[[1, 2]], two[[1, 2]] = (60, 20), (10, 40)
    draws = np.stack([(one + two) / 2, one, one, two])[None]
    assert oracle(draws, columns).tolist() == [50.0]
    assert oracle_gain(draws, columns).tolist() == [15.0]
    best = best_encoder(draws[:, 3], ("clip", "sam"))
    assert best is not None
    assert (best.encoder, best.score.value) == ("sam", 40.0)


def test_the_oracle_of_equal_encoders_is_all_luck():
    columns = (Column("mean", (0, 1)), Column("a", (0,)), Column("b", (1,)))
    noise = np.random.default_rng(0).normal(0, 1, (2000, 3, 16))
    draws = np.concatenate([np.zeros((1, 3, 16)), noise])
    assert optimism(draws, columns) == pytest.approx(1.029, abs=0.05)  # the largest of four standard normals
    assert optimism(draws[:1], columns) is None
