"""An honest table is not called broken; the whole count is printed by `ci/verify_bench alarms`."""

from tests.simulation.power import TRUTHS, alarms, found


def test_honest_tables_raise_no_alarm():
    seen = alarms(tables=3, masked=False)
    assert (seen.tables, seen.entries, seen.mismatch) == (3, 496, 0.0)
    assert 0.3 < seen.passed < 0.9


def test_a_benchmark_that_lost_a_point_is_found_where_its_entries_are_not():
    seen = found(TRUTHS[3], tables=3)
    assert seen.families["benchmarks"] == 1.0
    assert seen.entries < 0.3


def test_honest_tables_of_graded_marks_in_images_raise_no_alarm():
    assert alarms(tables=1, masked=False, graded=True).mismatch == 0.0


def test_a_model_that_lost_half_a_point_everywhere_is_found_though_the_smallest_benchmarks_are_noisy():
    seen = found(TRUTHS[0], tables=3)
    assert seen.families["models"] == 1.0
    assert seen.entries < 0.2
