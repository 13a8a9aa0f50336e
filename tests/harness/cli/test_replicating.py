"""New seeds are trained, answered and judged against all stored ones, end to end; the children are stand-ins."""

import json
import sys
from statistics import mean

import pytest

from benchmarks.table import find
from harness.cli import replicating
from harness.cli.verbs.judge import verify
from harness.record import ledger
from harness.record.reference import Accepted, accept
from harness.run import replicate
from harness.run.local import PREDICTIONS
from harness.run.reproduce import Evaluated, Workplace
from harness.schema.subset import Subset
from tests.harness.run import grids
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out a grid whose children compute nothing, and a reference of its own."""
    monkeypatch.setattr(grids, "QUESTIONS", 60)
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for module in (replicating, replicate):
        monkeypatch.setattr(module, "REFERENCE", tmp_path / "reference")
    return ground


def evaluated(place: Workplace) -> Evaluated:
    """Train and answer with one seed, or find it done."""
    clip = Subset.parse("clip", place.study.recipe.pool)
    (found,) = place.evaluate(place.entries(clip, clip, [find("chartqa")]), place.train(clip))
    return found


def accepted(place: Workplace) -> Accepted:
    one = evaluated(place)
    return Accepted(one.score, place.store.path(one.records[1], PREDICTIONS), one.records)


def test_new_seeds_are_trained_and_judged_against_every_stored_one(ground, tmp_path, capsys):
    seeds = [ground.place(f"seed={seed}") for seed in range(4)]
    accept(tmp_path / "reference", [accepted(place) for place in seeds[:2]], {}, "two seeds")

    def judged(named: str) -> dict:
        code = verify("clip", "chartqa", *ground.overrides, rung="retrain", seeds=named, json=True)
        found = json.loads(capsys.readouterr().out)
        assert found["exit_code"] == code
        return found

    verdict = judged("2,3")
    old, new = ([evaluated(place).score.value for place in side] for side in (seeds[:2], seeds[2:]))
    assert verdict["outcome"] in ("MATCH", "DRIFT", "MISMATCH", "INCONCLUSIVE"), verdict["why"]
    assert (verdict["regime"], verdict["setting"], verdict["attempts"]) == ("retrain", "R4", 1)
    assert verdict["difference"] == pytest.approx(mean(new) - mean(old))
    assert verdict["interval"]["low"] < verdict["difference"] < verdict["interval"]["high"]
    assert all(f"seed {seed}:" in " ".join(verdict["notes"]) for seed in range(4))
    # The same runs judged again are no second attempt; a stored seed among the new ones is no run at all.
    assert judged("3,2")["attempts"] == 1
    refused = judged("1,3")
    assert (refused["outcome"], refused["exit_code"]) == ("INVALID", 40)
    assert "was not run again" in refused["why"]
    assert [line.outcome for line in ledger.read(ground.store / ledger.NAME)][-1] == "INVALID"
