"""The papers' statements asked of planted lattices, where the answers are known."""

import numpy as np
import pytest

from harness.analyse.lattice import build
from harness.analyse.statements import statements
from harness.analyse.summary import summarise
from tests.harness.analyse.planted import additive, cells, harmful, lattice_of, synergy, twins

ORDER = (
    *("alone", "left out", "most necessary", "two highest", "best pair matches", "further encoder", "effective rank"),
    *("survives joint training", "masked view", "OCR & Chart: its", "harms", "outside OCR & Chart"),
)
OF_RATES = ("OCR & Chart: its", "outside OCR & Chart")


def verdicts(scores, masked=None, error=0.05, benchmarks=("gqa",)):
    found = summarise(build(cells(scores, benchmarks, masked=masked, error=error)), replicates=300)
    told = statements(found)
    assert [word in one.statement for word, one in zip(ORDER, told, strict=True)] == [True] * len(ORDER)
    return dict(zip(ORDER, (one.verdict for one in told), strict=True))


def test_twins_and_a_third_bear_the_paper_out():
    said = verdicts(twins())
    assert said["two highest"] == "holds"
    assert said["best pair matches"] == "holds"
    assert said["further encoder"] == "holds"
    assert said["alone"] == said["masked view"] == said["harms"] == "cannot be asked"


def test_masked_twins_can_be_spared_and_do_no_harm():
    said = verdicts(twins(), masked=twins())
    assert said["masked view"] == said["outside OCR & Chart"] == "holds"
    assert said["OCR & Chart: its"] == "cannot be asked"


def test_an_encoder_that_takes_away_wherever_it_is_harms():
    assert verdicts(harmful(), masked=harmful())["harms"] == "holds"
    assert verdicts(additive(), masked=additive())["harms"] == "does not hold"


def test_noise_among_many_rates_is_no_harm():
    # Every encoder is worth nothing; with 24 noisy rates the least of them is below zero, as luck has it.
    scores, noise = np.full(16, 40.0), np.random.default_rng(4)
    held = []
    for _ in range(40):
        benchmarks = ("gqa", "ai2d", "chartqa", "mmvp")
        masked = cells(scores, benchmarks, masked=scores, noise=lambda: float(noise.normal(0, 2)), error=2.0)
        found = summarise(build(masked), replicates=200)
        held.append(found["harm"]["value"] < 0 and found["harm"]["p_value"] <= 0.05)
    assert sum(held) <= 6


def test_one_encoder_that_reads_everything_dominates():
    reads = lattice_of(lambda held: 2.0 + 60.0 * (0 in held) + 1.0 * len(held), 3)
    assert verdicts(reads, masked=reads, benchmarks=("chartqa",))["OCR & Chart: its"] == "holds"
    assert verdicts(additive(), masked=additive(), benchmarks=("chartqa",))["OCR & Chart: its"] == "does not hold"


def test_the_luck_of_the_best_pair_does_not_decide():
    # Six equal pairs in heavy noise: the largest lies above the full set, and its interval with it.
    noisy = 40.0 + np.random.default_rng(2).normal(0, 2.0, 16)
    noisy[-1] = 42.0
    assert verdicts(noisy, error=2.0)["best pair matches"] == "undecided"


def test_an_additive_lattice_contradicts_it():
    said = verdicts(additive(), masked=additive())
    assert said["alone"] == said["left out"] == said["most necessary"] == "does not hold"
    assert said["two highest"] == said["best pair matches"] == said["further encoder"] == "does not hold"
    assert said["effective rank"] == "cannot be asked"


def test_masking_that_turns_the_order_round_is_found():
    turned = np.array([additive()[int(f"{mask:04b}"[::-1], 2)] for mask in range(16)])
    turned[-1] = additive()[-1]
    said = verdicts(additive(), masked=turned)
    assert said["alone"] == said["left out"] == "holds"


@pytest.mark.parametrize(("scores", "error"), [(twins(), float("nan")), (synergy(), 30.0)])
def test_without_an_interval_or_with_too_much_noise_nothing_is_decided(scores, error):
    said = verdicts(scores, masked=scores, error=error)
    asked = set(ORDER) - {"effective rank", "survives joint training", *OF_RATES}
    assert {said[word] for word in asked} == {"undecided"}
