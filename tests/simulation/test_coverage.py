"""The promises of the interval on a few lines of the table that `ci/verify_bench` prints whole."""

from math import sqrt

import pytest

from tests.simulation.coverage import CONFIDENCE, measure

TIMES = 300


@pytest.mark.parametrize(
    ("clusters", "size", "rate", "together"),
    [(64, 1, 0.03, "single"), (1000, 1, 0.01, "single"), (120, 4, 0.03, "half"), (60, 4, 0.01, "whole")],
)
def test_the_interval_keeps_its_promise(clusters, size, rate, together):
    row = measure(clusters, size, rate, together, TIMES)
    assert row.covered > CONFIDENCE - 3 * sqrt(CONFIDENCE * (1 - CONFIDENCE) / TIMES)
    assert row.false < 0.1 + 3 * sqrt(0.1 * 0.9 / TIMES)
    assert row.usual < 0.05 + 3 * sqrt(0.05 * 0.95 / TIMES)
