"""The draws behind every interval: their size where it is known, and how often they hold the truth."""

import numpy as np
import pytest

from harness.analyse.capacity import capacity
from harness.analyse.lattice import build
from harness.analyse.necessity import necessity
from harness.analyse.number import number
from harness.analyse.replicates import draw
from tests.harness.analyse.planted import additive, cells


def noisy(seed, spread=0.5, seeds=("0", "1", "2"), **fields):
    generator = np.random.default_rng(seed)
    return build(cells(additive(3), ("gqa", "ai2d"), seeds, additive(3), lambda: generator.normal(0, spread), **fields))


def test_the_first_draw_is_the_table_itself():
    lattice = noisy(0)
    draws = draw(lattice, 50)
    means = lattice.scores["retrained"].mean(axis=0)
    np.testing.assert_allclose(draws.scores["retrained"][0, -2:, 1:], means[1:].T)
    np.testing.assert_allclose(draws.scores["retrained"][0, 0, 1:], means[1:].mean(axis=-1))


def test_one_seed_and_no_standard_errors_give_no_draws_and_no_interval():
    draws = draw(build(cells(additive(3))))
    assert not draws.are_noisy
    assert "no intervals" in draws.noise
    assert number(capacity(draws.scores["retrained"])[:, 0, 0]).low is None


def test_standard_errors_alone_give_intervals_of_their_size():
    draws = draw(build(cells(additive(3), error=2.0)), 4000)
    assert draws.scores["retrained"][1:, 0, 1:].std(axis=0) == pytest.approx(2.0, rel=0.1)
    assert "questions" in draws.noise
    lost = necessity(draws.scores["retrained"])[1:, 0]
    assert lost.std(axis=0) == pytest.approx(2.0 * 2**0.5, rel=0.1)


def test_more_questions_of_one_seed_do_not_become_more_sure_by_more_seeds():
    one = draw(build(cells(additive(3), error=2.0)), 3000)
    three = draw(build(cells(additive(3), seeds=("0", "1", "2"), error=2.0)), 3000)
    assert three.scores["retrained"][1:, 0, 1].std() == pytest.approx(one.scores["retrained"][1:, 0, 1].std(), rel=0.1)


def test_a_subset_of_one_seed_has_the_noise_of_the_others():
    kept = [cell for cell in cells(additive(3), seeds=("0", "1", "2")) if cell.seed == "0" or len(cell.kept) > 1]
    generator = np.random.default_rng(4)
    shaken = [type(c)(c.trained, c.kept, c.benchmark, c.seed, c.value + generator.normal(0, 1)) for c in kept]
    draws = draw(build(shaken), 3000).scores["retrained"][1:, 0]
    assert draws[:, 1].std() == pytest.approx(draws[:, 7].std() * 3**0.5, rel=0.15)


def test_the_same_seed_gives_the_same_draws():
    np.testing.assert_array_equal(draw(noisy(0), 20).scores["masked"], draw(noisy(0), 20).scores["masked"])


def test_a_value_outside_the_middle_of_its_draws_is_still_in_its_interval():
    found = number(np.array([5.0, 1.0, 2.0, 3.0]))
    assert found.low is not None
    assert found.high == found.value == 5.0


def test_an_interval_of_an_undefined_measure_is_not_made_up():
    assert number(np.array([np.nan, 1.0])).value is None
    assert number(np.array([1.0, np.nan, 2.0])).low is None


def test_a_few_undefined_draws_widen_the_interval_to_both_sides():
    draws = np.concatenate([[0.5], np.linspace(0, 1, 1000)])
    plain = number(draws)
    draws[500:510] = np.nan
    found = number(draws)
    assert None not in (plain.low, plain.high, found.low, found.high)
    assert found.low < plain.low
    assert found.high > plain.high


@pytest.mark.parametrize("seeds", [2, 3])
def test_intervals_over_few_seeds_hold_the_truth_about_as_often_as_they_say(seeds):
    """95 %: of 4 x 150 intervals, which share their trainings, 91 to 99 % are let pass."""
    held = []
    for seed in range(150):
        scores = draw(noisy(seed, seeds=[str(i) for i in range(seeds)]), 300).scores["retrained"]
        truths = ((capacity(scores)[:, 0, 0], 30.0), *zip(necessity(scores)[:, 0].T, (10.0, 6.0, 3.0), strict=True))
        for draws, truth in truths:
            found = number(draws)
            assert found.low is not None
            assert found.high is not None
            held.append(found.low <= truth <= found.high)
    assert 0.91 <= np.mean(held) <= 0.99
