"""All measures at once: what must not change them, what the empty subset is, and that JSON can hold them."""

import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.suite import COLUMNS
from harness.analyse.cells import Cell
from harness.analyse.lattice import build
from harness.analyse.summary import summarise
from tests.harness.analyse.planted import POOL, additive, cells, harmful, twins

ROLES = ("capacity", "necessity", "relative_necessity", "conditional_utilization_rate", "shapley_value")


def measured(given_cells, **words):
    return summarise(build(given_cells), replicates=words.pop("replicates", 100), **words)


def roles(found, keys=ROLES):
    return {key: {name: it["value"] for name, it in found[key].items()} for key in keys}


def test_the_order_of_the_rows_changes_no_measure():
    given_cells = cells(harmful(), ("gqa", "ai2d"), masked=harmful())
    turned = [*given_cells[::-1]]
    one, two = roles(measured(given_cells)), roles(measured(turned))
    for key in ROLES:
        assert one[key] == pytest.approx(two[key])


@settings(max_examples=10)
@given(st.floats(0.5, 2.0))
def test_a_scale_of_all_scores_scales_points_and_leaves_shares(factor):
    one = measured(cells(twins(), masked=twins(), chance=0.0))
    two = measured(cells(factor * twins(), masked=factor * twins(), chance=0.0))
    for key in ("capacity", "necessity"):
        for name, value in roles(one, (key,))[key].items():
            assert two[key][name]["value"] == pytest.approx(factor * value, abs=1e-9)
    for key in ("relative_necessity", "conditional_utilization_rate"):
        assert roles(one, (key,))[key] == pytest.approx(roles(two, (key,))[key], abs=1e-12)
    assert one["information_gap"]["value"] == pytest.approx(two["information_gap"]["value"])


def test_the_mean_s_points_are_the_mean_of_the_benchmarks_points():
    shifted = [*cells(twins(), ("gqa",)), *cells(additive(3), ("chartqa",))]
    found = measured(shifted)
    for key in ("capacity", "necessity", "shapley_value"):
        for it in found[key].values():
            assert it["value"] == pytest.approx((it["gqa"]["value"] + it["chartqa"]["value"]) / 2)


def test_the_gap_of_category_averages_is_not_that_of_the_overall_score():
    one, two = 10 * additive(3) / additive(3)[-1], 90 * harmful() / harmful()[-1]
    given_cells = [*cells(one, ("gqa",), masked=one), *cells(two, ("chartqa",), masked=two)]
    found = measured(given_cells)
    rates = found["conditional_utilization_rate"]
    for it in rates.values():
        average = (it["general"]["value"] + it["ocr_chart"]["value"]) / 2
        assert it["category_average"]["value"] == pytest.approx(average)
    averages = [it["category_average"]["value"] for it in rates.values()]
    assert found["information_gap"]["category_average"]["value"] == pytest.approx(max(averages) - min(averages))
    assert found["information_gap"]["value"] != pytest.approx(max(averages) - min(averages))


@pytest.mark.parametrize(
    ("benchmark", "fields", "rows", "origin", "baseline"),
    [
        ("gqa", {"blind": 15.0, "chance": 5.0}, [Cell((), (), "gqa", "0", 11.0)], "the table's row 'none'", 11.0),
        ("gqa", {"blind": 15.0, "chance": 5.0}, [], "the blind baseline", 15.0),
        ("gqa", {"chance": 5.0}, [], "the chance level", 5.0),
        ("ai2d", {}, [], "the chance level", 25.0),
        ("chartqa", {}, [], "the chance level", 0.0),
        ("my own", {}, [], "0 points, as no baseline is known", 0.0),
    ],
)
def test_the_empty_subset_is_a_named_choice(benchmark, fields, rows, origin, baseline):
    found = measured([*cells(additive(), (benchmark,), **fields), *rows])
    assert found["empty_subset"]["retrained"] == origin
    assert sum(it["value"] for it in found["shapley_value"].values()) == pytest.approx(40.0 - baseline)


def test_a_complete_summary_is_plain_json_without_nan():
    found = measured(cells(additive(), ("gqa", "mme"), ("0", "1"), additive(), error=1.0))
    again = json.loads(json.dumps(found, allow_nan=False))
    assert again["pool"] == list(POOL)
    assert set(again["shapley_interaction"]) == {f"{a}+{b}" for i, a in enumerate(POOL) for b in POOL[i + 1 :]}


def test_a_lattice_of_one_subset_is_plain_json_too():
    found = measured([Cell(("clip", "sam"), ("clip", "sam"), "gqa", "0", 50.0)])
    assert json.loads(json.dumps(found, allow_nan=False))["capacity"]["clip"]["value"] is None
    assert set(found["unavailable"]) >= {"capacity", "necessity", "information_gap", "shapley_value", "pair_finder"}


def test_every_interval_holds_its_value():
    generator = np.random.default_rng(0)
    found = measured(cells(additive(), ("gqa", "ai2d"), ("0", "1", "2"), additive(), lambda: generator.normal(0, 2)))
    held = []

    def visit(it):
        if isinstance(it, dict):
            if it.get("low") is not None:
                held.append(it["low"] <= it["value"] <= it["high"])
            for inner in it.values():
                visit(inner)

    visit(found)
    assert len(held) > 100
    assert all(held)


def test_the_whole_table_of_976_entries_gives_every_measure_but_those_of_trained_models():
    pool = ("clip", "convnext", "sam", "eva02", "pix2struct")
    generator = np.random.default_rng(0)
    subsets = [names for size in range(1, 6) for names in combinations(pool, size)]
    views = [(names, names) for names in subsets] + [(pool, names) for names in subsets[:-1]]
    table = [
        Cell(trained, kept, column.name, "0", 40 + 3 * len(kept) + generator.normal(0, 1), 2.0)
        for trained, kept in views
        for column in COLUMNS
    ]
    assert len(table) == 976
    found = summarise(build(table))
    assert found["replicates"] == 2000
    assert list(found["unavailable"]) == ["readout", "effective_rank", "residual", "attention_divergence"]
