"""The promises of the interval over repeated trainings, on three plans that `ci/verify_bench seeds` prints."""

from math import sqrt

import pytest

from tests.simulation.seeds import CONFIDENCE, LEVEL, PLANS, measure

TIMES = 400


@pytest.mark.parametrize("plan", [PLANS[2], PLANS[6], PLANS[9]])
def test_a_plan_of_seeds_keeps_its_promise(plan):
    row = measure(plan, TIMES)
    assert row.covered > CONFIDENCE - 3 * sqrt(CONFIDENCE * (1 - CONFIDENCE) / TIMES)
    assert row.alarmed < LEVEL + 3 * sqrt(LEVEL * (1 - LEVEL) / TIMES)
    assert row.found > plan.promised - 3 * sqrt(0.25 / TIMES)


def test_an_honest_run_lies_inside_the_margin_that_six_models_of_three_seeds_promise():
    row = measure(PLANS[9], TIMES)
    assert row.plan.models == 6
    assert row.passed == pytest.approx(0.95, abs=3 * sqrt(0.05 * 0.95 / TIMES))
