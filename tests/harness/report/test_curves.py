"""The picture of a training shows every figure that it is given, and is well formed whatever it is given."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.figures.curves import MOST, curves

SVG = "{http://www.w3.org/2000/svg}"
values = st.floats(0, 1e6) | st.floats(0, 1e-6)
points = st.lists(values, min_size=1, max_size=8).map(lambda it: [(step, one) for step, one in enumerate(it, start=1)])
figures = st.sampled_from(
    ["loss", "loss/gqa", "accuracy/gqa", "accuracy/<b>", "effective_rank/clip", "gradient_norm", "memory_mb"]
)
told = st.dictionaries(st.sampled_from(["align", "tune"]), st.dictionaries(figures, points, max_size=5), max_size=2)


@given(told)
def test_every_figure_is_drawn_once_a_stage(stages):
    root = ElementTree.fromstring(curves("train <clip>", stages))
    drawn = [one for one in root.iter(f"{SVG}path") if "curve" in one.get("class", "")]
    assert len(drawn) == sum(not name.startswith("memory") for it in stages.values() for name in it)
    for one in drawn:
        assert "nan" not in one.get("d", "")
        assert "inf" not in one.get("d", "")


def test_stages_stand_side_by_side_and_equal_input_gives_equal_bytes():
    stages = {"align": {"loss": [(1, 3.0), (10, 2.0)]}, "tune": {"loss": [(1, 2.0), (5, 1.0)]}}
    root = ElementTree.fromstring(curves("clip", stages))
    first, second = (one.get("d", "") for one in root.iter(f"{SVG}path"))
    (begun, end), (start, over) = ([float(at.split()[0]) for at in one[1:].split("L")] for one in (first, second))
    assert begun < end < start < over
    # A tenth of the first stage lies before its first point, a fifth of the second; the first leaves a gap after it.
    assert (over - start) / 0.8 - (end - begun) / 0.9 == pytest.approx(22.0, abs=0.05)
    assert curves("clip", stages) == curves("clip", stages)
    words = "".join(one.text or "" for one in root.iter(f"{SVG}text"))
    assert all(name in words for name in ("clip", "align", "tune", "Loss"))


def test_a_long_course_is_drawn_by_the_means_of_equal_pieces():
    (drawn,) = ElementTree.fromstring(
        curves("x", {"tune": {"loss": [(n, float(n % 2)) for n in range(6 * MOST)]}})
    ).iter(f"{SVG}path")
    heights = {at.split()[1] for at in drawn.get("d", "")[1:].split("L")}
    assert len(drawn.get("d", "").split("L")) == MOST
    assert len(heights) == 1


def test_names_of_many_lines_stand_within_their_panel():
    """Nineteen lines that end in the same place need more room than a panel has by itself."""
    names = [f"kind {number}" for number in range(19)]
    told = {"tune": {f"{what}/{name}": [(1, 0.5), (2, 1.0)] for what in ("accuracy", "skill") for name in names}}
    panels = [
        one for one in ElementTree.fromstring(curves("x", told)).iter(f"{SVG}g") if one.find(f"{SVG}path") is not None
    ]
    tops = [float(one[0].get("y", "")) for one in panels]
    named = [[float(t.get("y", "")) for t in one.iter(f"{SVG}text") if t.text in names] for one in panels]
    assert len(panels) == 2
    for ys, top, end in zip(named, tops, [tops[1], tops[1] + (tops[1] - tops[0])], strict=True):
        assert len(ys) == len(names)
        assert top < min(ys)
        assert max(ys) < end
        assert min(b - a for a, b in pairwise(sorted(ys))) >= 12
