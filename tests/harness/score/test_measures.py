"""One home of each formula: the same for floats, arrays and exact intervals."""

import re
from fractions import Fraction

import numpy as np
import pytest

from harness.analyse.lattice import build
from harness.analyse.reading import read
from harness.analyse.summary import summarise
from harness.audit.audit import audit_file
from harness.audit.interval import Interval
from harness.audit.mapping import Mapping
from harness.score.measures import information_gap, necessity, utilization


def test_a_fifth_of_the_score_lost_is_a_utilization_of_a_fifth():
    assert necessity(50.0, 40.0) == 10.0
    assert utilization(50.0, 40.0) == pytest.approx(0.2)
    assert information_gap(0.5, -0.25) == 0.75


def test_an_array_gives_what_its_members_give():
    full, without = np.array([50.0, 60.0]), np.array([[40.0, 60.0], [55.0, 30.0]])
    each = [[utilization(f, w) for f, w in zip(full, row, strict=True)] for row in without]
    assert utilization(full, without).tolist() == each


def test_an_interval_holds_the_value_of_every_point_in_it():
    full, without = (Interval(Fraction(it), Fraction(it + 1)) for it in (50, 40))
    assert Fraction(1, 5) in utilization(full, without)
    assert Fraction(10) in necessity(full, without)


def test_the_interval_of_a_utilization_is_not_wider_than_it_must_be():
    full, without = (Interval(Fraction(it), Fraction(it + 1)) for it in (50, 40))
    ends = [1 - Fraction(low, high) for low, high in ((41, 50), (40, 51))]
    assert utilization(full, without) == Interval(*ends)


def test_what_the_auditor_reckons_from_a_printed_table_holds_what_the_analysis_takes(tmp_path):
    printed = {"clip": 40.1, "sam": 30.2, "clip+sam": 45.3}
    text = "trained,benchmark,score\n" + "".join(f"{name},GQA,{value}\n" for name, value in printed.items())
    (tmp_path / "t.csv").write_text(text)
    told = next(it.arithmetic for it in audit_file(tmp_path / "t.csv", Mapping()).findings if it.check == "measures")
    found = summarise(build(read(tmp_path / "t.csv").cells))
    for measure in ("Capacity", "Necessity"):
        for name, low, high in re.findall(rf"{measure}\((\w+)\) in \[([\d.]+), ([\d.]+)\]", told):
            assert float(low) <= found[measure.lower()][name]["value"] <= float(high)
    assert told.count("Capacity") == told.count("Necessity") == 2
