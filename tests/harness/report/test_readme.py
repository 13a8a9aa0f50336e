"""README's block of results is what the command makes, and nothing else of README changes."""

import pytest

from harness.cli.measured import Asked, measured
from harness.cli.reporting import PAGE, README
from harness.config.places import ROOT
from harness.errors import InvalidEvidence
from harness.report.readme import BEGIN, END, FIGURES, block, figures, replaced
from tests.harness.report.studies import few, hostile, whole


@pytest.mark.parametrize("study", [whole, few, hostile])
def test_a_block_stands_between_its_marks_and_has_them_once(study):
    made = block(study(), PAGE)
    assert made.startswith(BEGIN)
    assert made.endswith("\n" + END)
    assert replaced(f"before\n{made}\nafter", made) == f"before\n{made}\nafter"
    assert "<script" not in made


def test_only_the_block_is_replaced():
    assert replaced(f"a\n{BEGIN}\nold\n{END}\nb\n", f"{BEGIN}\nnew\n{END}") == f"a\n{BEGIN}\nnew\n{END}\nb\n"


@pytest.mark.parametrize("text", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_readme_without_its_marks_is_refused(text):
    with pytest.raises(InvalidEvidence, match="once each"):
        replaced(text, "new")


def test_a_block_shows_the_singles_and_the_best_of_each_size():
    made = block(whole(), PAGE)
    for row in ("| clip |", r"| clip+sam (best known of 2) |", "| all 4 |", "| blind: no picture |"):
        assert row in made
    assert "### " not in made


def test_readme_shows_what_the_reference_gives():
    found = measured(Asked())
    assert block(found, PAGE) in README.read_text(encoding="utf-8")
    drawn = figures(found)
    assert {name: (ROOT / name).read_text() for name in drawn} == drawn
    assert sorted((ROOT / FIGURES).iterdir()) == sorted(ROOT / name for name in drawn)
