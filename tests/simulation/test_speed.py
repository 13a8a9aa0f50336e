"""The tiny table is judged in three seconds, and the time a table takes grows with its answers alone."""

import pytest

from tests.simulation.speed import column_of, measure


@pytest.mark.slow
def test_a_tiny_table_is_judged_in_three_seconds():
    found = measure(share=0.02, masked=False)
    assert found.entries == 31 * 16
    assert found.judging_s < 3
    assert found.verdict.outcome == "INCONCLUSIVE"


@pytest.mark.slow
def test_time_grows_no_faster_than_the_answers():
    small, large = (column_of((3, share, False)) for share in (0.05, 0.2))
    assert large[1] == pytest.approx(4 * small[1], rel=0.01)
    # An entry has a fixed cost too, so four times the answers cost less than four times as much.
    assert large[2] < 4 * small[2] * 1.5
