"""What a GPU would refuse of the CUDA path, devices and precisions and operators, is refused here on shapes alone."""

import json
import subprocess
import sys

import pytest

from harness.encoders.full import FULL
from harness.encoders.one_gpu import BASE
from harness.encoders.table import TINY
from harness.model.arms import ARMS
from tests.house.sources import ROOT

CARDS = {"full": FULL, "base": BASE, "tiny": TINY}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    words = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "tests.harness.train.shapes_on_gpu",
        str(tmp_path_factory.mktemp("g")),
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.slow
def test_every_encoder_and_every_arm_stays_on_the_device_that_its_input_came_to(found):
    assert {one["device"] for one in found.values()} == {"cuda"}
    assert set(found) == {
        *(f"{size} {card.spec.name}" for size, cards in CARDS.items() for card in cards),
        *(f"arm {kind}" for kind in ARMS),
        "grids",
    }
    for size, cards in CARDS.items():
        for card in cards:
            assert found[f"{size} {card.spec.name}"]["shape"] == [1, card.spec.grid**2, card.spec.channels]


@pytest.mark.slow
def test_no_operator_is_called_whose_way_back_is_not_deterministic_on_a_gpu(found):
    assert {name: one["refused"] for name, one in found.items() if one["refused"]} == {}
