"""Views that are masked by other means stand beside those by zeros, and never among them."""

import json

import numpy as np
import pytest

from harness.analyse.cells import Cell
from harness.analyse.lattice import build
from harness.analyse.reading import read
from harness.analyse.summary import summarise
from tests.harness.analyse.planted import FLOOR, POOL, additive, cells, twins

SHOCK = 5.0
OPERATORS = ("mean", "noise", "my own")


def shocked(scores: np.ndarray) -> np.ndarray:
    """Masking costs a fixed shock beside what the encoders are worth."""
    found = scores - SHOCK
    found[-1] = scores[-1]
    return found


def views(mask: str, scores: np.ndarray, **fields) -> list[Cell]:
    """Give the masked views alone, with the floor."""
    pool = POOL[: len(scores).bit_length() - 1]
    floor = Cell(pool, (), "gqa", "0", float(scores[0]), mask=mask)
    return [*(one for one in cells(scores, masked=scores, mask=mask, **fields) if one.operator), floor]


def test_each_operator_has_its_own_rates_and_floor():
    table = [*cells(additive()), *views("zero", shocked(additive())), *views("mean", additive())]
    found = summarise(build(table), replicates=100)
    full = additive()[-1]
    assert list(found["masking_operator"]) == ["zero", "mean"]
    for mask, shock in (("zero", SHOCK), ("mean", 0.0)):
        it = found["masking_operator"][mask]
        for name, worth in zip(POOL, (10.0, 6.0, 3.0, 1.0), strict=True):
            assert it["conditional_utilization_rate"][name]["value"] == pytest.approx((worth + shock) / full)
        assert it["all_masked"]["value"] == pytest.approx(FLOOR - shock)
        assert it["agreement"]["value"] == 1
    assert found["masking"] == "zero"


@pytest.mark.parametrize("mask", OPERATORS)
def test_another_operator_moves_no_measure_of_the_views_by_zeros(mask):
    own = cells(twins(), masked=twins(), error=1.0)
    alone = summarise(build(own), replicates=100)
    both = summarise(build([*own, *views(mask, additive(3), error=1.0)]), replicates=100)
    for key in ("masking_operator", "problems"):
        alone.pop(key), both.pop(key)
    assert json.dumps(alone) == json.dumps(both)


def test_where_nothing_is_masked_by_zeros_the_commonest_operator_stands_for_masking():
    found = summarise(build([*cells(twins()), *views("noise", twins())]), replicates=100)
    assert found["masking"] == "noise"
    assert found["information_gap"]["value"] is not None


def test_a_model_that_was_shown_nothing_is_a_baseline_and_no_view():
    blind = Cell(POOL, (), "gqa", "0", 17.0, mask="blind")
    found = summarise(build([*cells(additive(), masked=additive()), blind]), replicates=100)
    assert found["baseline"]["without_picture"]["value"] == 17.0
    assert list(found["masking_operator"]) == ["zero"]
    assert found["baseline"]["all_masked"]["value"] is None


def test_views_of_which_none_is_a_number_are_named():
    table = [*cells(twins(), masked=twins()), Cell(POOL[:3], POOL[:1], "gqa", "0", float("nan"), mask="mean")]
    assert any("mean" in problem for problem in build(table).problems)


def test_a_double_among_the_views_of_another_operator_is_named_with_it():
    table = [*cells(twins(), masked=twins()), *views("mean", twins()), *views("mean", additive(3))]
    told = [problem for problem in build(table).problems if "duplicates" in problem]
    assert any("several values" in problem for problem in told)
    assert all(problem.startswith("masked by mean: ") for problem in told)


@pytest.mark.parametrize("form", ["long", "wide"])
def test_the_column_mask_names_the_operator_and_is_zero_where_nothing_stands(tmp_path, form):
    head = "trained,kept,mask,benchmark,score" if form == "long" else "trained,kept,mask,gqa"
    rows = [("clip+sam", "", "", 60), ("clip+sam", "clip", "", 50), ("clip+sam", "clip", "Mean", 55),
            ("clip+sam", "", "blind", 20), ("clip+sam", "none", "zero", 10)]  # fmt: skip
    middle = ("gqa",) if form == "long" else ()
    lines = [head, *(",".join(map(str, (*row[:3], *middle, row[3]))) for row in rows)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    lattice = build(read(tmp_path / "t.csv").cells)
    assert lattice.scores["masked"][0, :, 0].tolist()[:2] == [10, 50]
    assert lattice.others["mean"].scores["masked"][0, 1, 0] == 55
    assert lattice.others["blind"].scores["masked"][0, 0, 0] == 20
    assert not lattice.problems[1:]
