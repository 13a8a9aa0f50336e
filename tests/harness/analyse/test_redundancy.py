"""Whether masked views can be spared or harm, on lattices that are solved by hand."""

import numpy as np
import pytest

from harness.analyse.conditional_utilization import conditional_utilization
from harness.analyse.redundancy import best_masked_view, harm, recovered_by_two
from tests.harness.analyse.planted import POOL, additive, harmful, twins


def drawn(scores: np.ndarray, spread: float, count: int = 400) -> np.ndarray:
    """Draw a lattice with independent noise of each cell; the first draw is the table itself."""
    noise = np.random.default_rng(0).normal(0, spread, (count, len(scores)))
    return np.concatenate([scores[None], scores + noise])


def test_the_best_view_of_twins_lacks_one_of_them_and_nothing():
    found = best_masked_view(twins()[None])
    assert found.number.value == 0
    assert found.mask in (0b101, 0b110)


def test_without_the_harmful_encoder_the_model_is_better_by_what_it_takes():
    found = best_masked_view(harmful()[None])
    assert (found.mask, found.number.value) == (0b101, 5.0)


def test_a_missing_view_leaves_no_best_one():
    scores = twins()
    scores[0b010] = np.nan
    assert best_masked_view(scores[None]) is None


def test_the_least_rate_is_that_of_the_encoder_that_takes_away():
    rates = conditional_utilization(drawn(harmful(), 0.05)[:, None])
    found = harm(rates, POOL[:3], ["mean"])
    assert (found.encoder, found.on) == ("sam", "mean")
    assert found.rate.value == pytest.approx(-5 / 25)
    assert found.p_value < 0.01
    assert found.lowest_bound < 0


def test_where_every_encoder_gives_something_none_harms():
    found = harm(conditional_utilization(drawn(additive(), 0.05)[:, None]), POOL, ["mean"])
    assert found.encoder == "eva"
    assert found.lowest_bound > 0


def test_the_least_of_equal_rates_is_no_harm_in_most_tables():
    """Forty rates without any truth in them: a p-value of one rate alone would cry harm in most tables."""
    cried = 0
    for seed in range(200):
        draw = np.random.default_rng(seed)
        rates = draw.normal(0, 0.01, 40)
        found = harm(np.concatenate([rates[None], rates + draw.normal(0, 0.01, (300, 40))]).reshape(301, 8, 5), "abcde",
                     "abcdefgh")  # fmt: skip
        cried += found.p_value <= 0.05
    assert cried <= 20


def test_two_of_three_encoders_recover_what_they_are_worth():
    """Full scores are 34, 40, 25: pairs reach 34, 36 and 30 of them, and 36 is 90 per cent of 40."""
    lattices = np.stack([twins(), additive(4)[[0, 1, 2, 3, 4, 5, 6, 15]], harmful()])
    assert recovered_by_two(lattices[None]).value == 1.0
    assert recovered_by_two((lattices * [[1.0], [1.0], [-1.0]])[None]).value is None


def test_nothing_is_recovered_where_every_encoder_is_needed():
    scores = np.full(8, 10.0)
    scores[-1] = 50.0
    assert recovered_by_two(scores[None, None]).value == 0.0
