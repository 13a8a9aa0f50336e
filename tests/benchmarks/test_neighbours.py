from benchmarks.errors import UnknownName
from benchmarks.neighbours import NEIGHBOURS, find_neighbour
from benchmarks.suite import COLUMNS, find_column


def _in_suite(label):
    try:
        return find_column(label)
    except UnknownName:
        return None


def test_no_label_names_both_a_column_of_the_suite_and_a_neighbour():
    for found in NEIGHBOURS:
        for label in (found.name, found.title, *found.aliases):
            assert find_neighbour(label) is found
            assert _in_suite(label) is None, label


def test_no_label_of_the_suite_names_a_neighbour():
    assert [label for column in COLUMNS for label in (column.title, *column.aliases) if find_neighbour(label)] == []


def test_counted_columns_have_their_units_as_steps_and_soft_marks_a_finer_grid():
    for column in COLUMNS:
        if column.counting in ("items", "pairs", "groups"):
            assert column.steps == column.units
        elif column.steps is not None and column.units is not None:
            assert column.steps > column.units
