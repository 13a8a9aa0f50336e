"""A lattice laid out from cells in any order; what is missing or twice there is named."""

import math

import numpy as np
import pytest

from harness.analyse.cells import Cell
from harness.analyse.lattice import build
from harness.analyse.needs import NEEDS, unavailable
from harness.errors import InvalidEvidence
from tests.harness.analyse.planted import POOL, additive, cells


def test_every_score_stands_where_its_subset_says():
    scores, masked = additive(), additive() / 2
    lattice = build(cells(scores, ("gqa", "chartqa"), ("0", "1"), masked))
    assert lattice.pool == POOL
    assert lattice.scores["retrained"].shape == (2, 16, 2)
    np.testing.assert_array_equal(lattice.scores["retrained"][1, 1:, 0], scores[1:])
    np.testing.assert_array_equal(lattice.scores["masked"][0, 1:-1, 1], masked[1:-1])
    np.testing.assert_array_equal(lattice.scores["masked"][:, -1], lattice.scores["retrained"][:, -1])
    assert lattice.known("retrained")[1:].all()
    assert not lattice.known("retrained")[0].any()


def test_the_order_of_the_rows_and_of_the_names_changes_nothing():
    given = cells(additive(), ("gqa", "ai2d"), masked=additive())
    turned = [
        Cell(one.trained if len(one.trained) == 4 else one.trained[::-1], one.kept[::-1], *_rest(one)) for one in given
    ]
    one, two = build(given), build(sorted(turned, key=lambda cell: (cell.benchmark, cell.value)))
    assert one.pool == two.pool
    order = [two.benchmarks.index(name) for name in one.benchmarks]
    for view in ("retrained", "masked"):
        np.testing.assert_array_equal(one.scores[view], two.scores[view][..., order])


def _rest(cell):
    return cell.benchmark, cell.seed, cell.value


def test_the_columns_are_the_mean_the_categories_that_are_there_and_the_benchmarks():
    lattice = build(cells(additive(), ("gqa", "mme", "chartqa", "my own")))
    assert {column.name: column.members for column in lattice.columns} == {
        "mean": (0, 1, 2, 3),
        "general": (0, 1),
        "ocr_chart": (2,),
        "gqa": (0,),
        "mme": (1,),
        "chartqa": (2,),
        "my own": (3,),
    }


def test_what_is_given_twice_counts_once_where_both_agree_and_is_named():
    given = cells(additive())
    lattice = build([*given, given[2]])
    assert lattice.scores["retrained"][0, 3, 0] == additive()[3]
    assert any("one value" in told and "clip+sam on gqa, seed 0" in told for told in lattice.problems)


def test_what_is_given_twice_with_two_values_is_left_out_and_named():
    lattice = build([*cells(additive()), Cell(("sam", "clip"), ("clip", "sam"), "gqa", "0", 1.0)])
    assert np.isnan(lattice.scores["retrained"][0, 3, 0])
    assert any("several values" in told and "clip+sam on gqa, seed 0" in told for told in lattice.problems)


def test_a_duplicate_of_a_nan_is_still_a_duplicate():
    given = cells(additive())
    lattice = build([*given, Cell(("clip",), ("clip",), "gqa", "0", math.nan)])
    assert np.isnan(lattice.scores["retrained"][0, 1, 0])
    assert len([told for told in lattice.problems if "duplicates" in told or "NaN" in told]) == 2


def test_views_of_other_models_are_named_and_play_no_part():
    lattice = build([*cells(additive()), Cell(("clip", "sam"), ("clip",), "gqa", "0", 99.0)])
    assert lattice.scores["retrained"][0, 1, 0] == additive()[1]
    assert any("models other than the full one" in told for told in lattice.problems)


def test_a_complete_lattice_lacks_nothing_and_half_a_lattice_says_what():
    whole = build(cells(additive(), masked=additive()))
    assert unavailable(whole) == {}
    half = build(cells(additive())[:4])
    assert set(unavailable(half)) <= {need.measure for need in NEEDS}
    assert "masked" in unavailable(half)["information_gap"]


def test_a_subset_that_lacks_one_benchmark_is_named_with_it():
    given = [cell for cell in cells(additive(), ("gqa", "ai2d")) if (cell.kept, cell.benchmark) != (("sam",), "ai2d")]
    assert unavailable(build(given))["capacity"] == "1 of the 4 retrained subsets it needs are missing: sam on ai2d"


@pytest.mark.parametrize("names", [("clip",), tuple("abcdefghi")])
def test_a_pool_of_one_or_of_too_many_is_refused(names):
    with pytest.raises(InvalidEvidence, match="needs 2 to 8 encoders"):
        build([Cell(names, names, "gqa", "0", 50.0)])
