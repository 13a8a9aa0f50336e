"""The verb answers in one go, for a recipe whose weights are nowhere on this machine."""

import json

import pytest

from harness.cli import planning
from harness.errors import UnknownName, UsageError
from harness.run.plan.answer import Assumed

ASSUMED = Assumed(text=256, share=0.4, rate=0.0, price=2.5, most=64, edge_seeds=3)


@pytest.mark.slow
def test_eagle_is_planned_from_its_recipe_alone(capsys, tmp_path):
    words = ["machine=h100x8", f"store.folder={tmp_path}"]
    assert planning.plan("eagle_x5_7b", words, "all", "", ASSUMED, False, True) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["device"]["name"] == "h100"
    counted = {part["name"]: part["parameters"] for part in found["parts"]}
    # Eagle-X5's 7680 channels to 4096 to 4096, with biases; vicuna-7b.
    assert counted["fusion and projector"] == 7680 * 4096 + 4096 + 4096 * 4096 + 4096
    assert counted["language"] == 6_738_415_616
    assert len(found["lattice"]["turns"]) == 31
    assert found["lattice"]["trainings"] == 31 + 2 * 6
    assert found["lattice"]["encoder_passes_a_sample_while_frozen"] == {"apart": 80, "shared": 5}
    tune = found["stages"][1]
    assert tune["samples"] == 14062 * 128
    # Six operations a weight and token, at least, and the encoders' on top.
    assert tune["operations_a_sample"] > 8 * 6.7e9 * 1280
    assert [layout["zero_stage"] for layout in tune["layouts"]] == [0, 1, 2, 3]
    needs = [layout["needed"] for layout in tune["layouts"]]
    assert needs == sorted(needs, reverse=True)
    assert tune["cheapest"]["fits"]


def test_wrong_words_are_refused_before_anything_is_counted():
    with pytest.raises(UnknownName, match="Did you mean 'eagle_x5_7b'"):
        planning.plan("eagle_x5", [], "all", "", ASSUMED, False, True)
    with pytest.raises(UnknownName, match="no device"):
        planning.plan("tiny", [], "all", "h1000", ASSUMED, False, True)
    with pytest.raises(UsageError, match="share lies above 0"):
        planning.plan("tiny", [], "all", "", Assumed(256, 0.0, 0.0, 2.5, 64, 3), False, True)
