from collections import Counter

import pytest

from benchmarks.errors import UnknownName
from benchmarks.suite import COLUMNS, GROUPS, find_column
from benchmarks.table import BENCHMARKS


def test_the_suite_has_sixteen_columns_four_a_group():
    assert len(COLUMNS) == 16
    assert Counter(column.group for column in COLUMNS) == dict.fromkeys(GROUPS, 4)
    assert [column.group for column in COLUMNS] == sorted((c.group for c in COLUMNS), key=GROUPS.index)


def test_every_label_names_exactly_one_column():
    labels = [label for column in COLUMNS for label in {column.name, column.title, *column.aliases}]
    for column in COLUMNS:
        for label in (column.name, column.title, *column.aliases):
            assert find_column(label) is column
            assert find_column(label.upper()) is column
    assert len(labels) == len(set(labels))


def test_the_best_published_value_is_a_hundred_points_of_the_suite():
    for column in COLUMNS:
        assert column.published_max / column.per_suite_point == 100


@pytest.mark.parametrize(("name", "units"), [("gqa", 12578), ("seed_image", 14233), ("mmvp", 150), ("mme", 1057)])
def test_units_are_scoring_units(name, units):
    assert find_column(name).units == units


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("MMBench-EN", "mmbench"),
        ("SEED-Bench-Image", "seed_image"),
        ("ScienceQA-IMG", "scienceqa_image"),
        ("MMMU-val", "mmmu"),
        ("MathVista-testmini", "mathvista"),
        ("TextVQA-val", "textvqa"),
        ("DocVQA-test", "docvqa"),
        ("CV-Bench-2D", "cv_bench_2d"),
        ("SQA^I", "scienceqa_image"),
    ],
)
def test_labels_of_published_tables_are_known(printed, name):
    assert find_column(printed).name == name


@pytest.mark.parametrize("other", ["POPE", "VizWiz", "MME-cognition", "DocVQA-val", "SEED-Bench-All", "MMBench-CN"])
def test_labels_of_other_benchmarks_are_not_columns(other):
    with pytest.raises(UnknownName, match="no column of the suite"):
        find_column(other)


def test_cards_stand_in_the_order_of_their_columns_and_agree_with_them():
    places = [COLUMNS.index(benchmark.column) for benchmark in BENCHMARKS]
    assert places == sorted(places)
    for benchmark in BENCHMARKS:
        assert (benchmark.name, benchmark.group) == (benchmark.column.name, benchmark.column.group)
        # Rows are the scoring units or, in pairs, groups and mixed sets, another count that the column knows of.
        known = {benchmark.column.units, *(count for count, _ in benchmark.column.other_units)}
        assert benchmark.source.rows in known or benchmark.column.units is None or benchmark.column.counting == "sum"
