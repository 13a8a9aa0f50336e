"""A calibration measures real repeats, of runs made now or of those in a store, and writes what a policy promises.

The children that train and answer are stand-ins: what is held here is what becomes of their answers.
"""

import json
import sys

import pytest

from harness.cli.verbs.run import calibrate
from harness.errors import InvalidEvidence, UsageError
from harness.verify.policy import read
from tests.harness.run import grids
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT

WORDS = {"rung": "retrain", "json": True}


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out enough questions that answers of chance keep a margin below fifty points."""
    monkeypatch.setattr(grids, "QUESTIONS", 300)
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return ground


def test_trainings_are_repeated_once_and_then_taken_out_of_the_store(ground, tmp_path, capsys):
    path = tmp_path / "policy.toml"
    assert calibrate("clip", "chartqa", *ground.overrides, runs=3, write=str(path), **WORDS) == 0
    made = json.loads(capsys.readouterr().out)
    found = made["benchmarks"]["chartqa"]
    assert (found["freedom"], found["flipped"]) == (2, pytest.approx(0.5, abs=0.1))
    written = read(path)
    assert written.digest == made["digest"]
    assert (written.fixed_on.date(), written.retrain.noise["chartqa"].evidence) == (
        written.retrain.noise["chartqa"].measured_on,
        found["evidence"],
    )
    assert f"3 runs of 1 model (clip); {made['command']}" in found["evidence"]
    assert written.margin("chartqa", "retrain").points == found["margin"]
    before = ground.ledger()
    # Of the other subsets the store holds nothing, of clip no fourth seed: nothing is run for them.
    assert calibrate("size:1", "chartqa", *ground.overrides, runs=4, stored=True, **WORDS) == 0
    taken = json.loads(capsys.readouterr().out)
    assert ground.ledger() == before
    assert (taken["policy"], taken["digest"]) == (None, None)
    same = ("changed", "flipped", "spread", "freedom", "margin")
    assert {name: taken["benchmarks"]["chartqa"][name] for name in same} == {name: found[name] for name in same}
    assert "3 runs of 1 model (clip)" in taken["benchmarks"]["chartqa"]["evidence"]
    assert "--runs 4 --stored" in taken["command"]


def test_a_store_without_a_second_run_is_no_calibration(ground):
    with pytest.raises(InvalidEvidence, match="was run twice with seeds 0 to 2"):
        calibrate("clip", "chartqa", *ground.overrides, stored=True, **WORDS)
    with pytest.raises(UsageError, match="name --rung retrain"):
        calibrate("clip", "chartqa", *ground.overrides, stored=True)
    with pytest.raises(UsageError, match="two runs"):
        calibrate("clip", "chartqa", *ground.overrides, runs=1)
