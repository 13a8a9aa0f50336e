"""A figure in a file of its own has every colour that it uses, and loads nothing."""

import re
from xml.etree import ElementTree

import pytest

from harness.report.figures import plots
from harness.report.figures.alone import alone
from harness.report.figures.plane import plane
from tests.harness.report.studies import hostile, whole


@pytest.mark.parametrize("study", [whole, hostile])
@pytest.mark.parametrize("draw", [plane, plots.growth])
def test_a_figure_alone_is_whole(study, draw):
    drawn = draw(study())
    assert drawn is not None
    made = alone(drawn)
    tree = ElementTree.fromstring(made)
    style = "".join(one.text or "" for one in tree.iter("{http://www.w3.org/2000/svg}style"))
    light, dark = (set(re.findall(r"(--\w+):", found)) for found in re.findall(r"svg\{(--[^}]*)\}", style))
    assert light == dark == set(re.findall(r"var\((--\w+)\)", made))
    for names in re.findall(r'class="([^"]*)"', drawn):
        assert any(re.search(rf"\.{name}\b", style) for name in names.split())
    assert not re.search(r"url\(|@import|href|<script", made)


def test_nothing_of_the_page_but_its_figures_rules_comes_along():
    drawn = plane(whole())
    assert drawn is not None
    made = alone(drawn)
    assert "table" not in made
    assert ".h0" not in made
    assert len(made) < len(drawn) + 3000
