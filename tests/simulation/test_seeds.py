"""The promises of the interval over repeated trainings, on two plans that `ci/verify_bench seeds` prints."""

from math import sqrt

import pytest

from tests.simulation.seeds import CONFIDENCE, LEVEL, PLANS, measure

TIMES = 400


@pytest.mark.parametrize("plan", [PLANS[2], PLANS[6]])
def test_a_plan_of_seeds_keeps_its_promise(plan):
    row = measure(plan, TIMES)
    assert row.covered > CONFIDENCE - 3 * sqrt(CONFIDENCE * (1 - CONFIDENCE) / TIMES)
    assert row.alarmed < LEVEL + 3 * sqrt(LEVEL * (1 - LEVEL) / TIMES)
    assert row.found > plan.promised - 3 * sqrt(0.25 / TIMES)
