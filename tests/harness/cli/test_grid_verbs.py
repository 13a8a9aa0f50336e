"""The verbs of a grid: what status says while a sweep runs, and what fsck restores."""

import json
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO

import pytest

from harness.cli import storing, watching
from harness.run.mirroring import mirror
from tests.harness.run.grids import Ground
from tests.harness.run.standing_in import ORDERS, ROOT

GRID = ("clip+sam", "chartqa")


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out a grid whose children compute nothing."""
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return ground


def status(ground: Ground, *, as_json: bool) -> str:
    with redirect_stdout(StringIO()) as said:
        assert watching.status(*GRID, [*ground.overrides, "sweep.slots=2"], "none", False, as_json) == 0
    return said.getvalue()


def test_status_says_what_is_done_what_it_cost_and_what_is_left(ground):
    before = status(ground, as_json=False)
    assert "0 of 1 entries done; an unknown time left at this pace" in before
    ground.order("train", "clip+sam", "fail")
    ground.sweep(["clip+sam"])
    after = status(ground, as_json=False)
    assert "1 of 1 entries done; under a minute left at this pace" in after
    assert "h of one slot" in after
    plain = json.loads(status(ground, as_json=True))
    assert (plain["done"], plain["total"], plain["left_s"]) == (1, 1, 0)
    assert plain["spent_s"] > plain["lost_s"] > 0


@pytest.mark.slow
def test_a_watch_from_another_process_ends_when_everything_is_done(ground):
    words = ground.command("status", *GRID, "--keep", "none", "--watch", "--json", "sweep.slots=2")
    watch = subprocess.Popen(words, env=ground.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    ground.sweep(["clip+sam"])
    said, _ = watch.communicate()
    assert (watch.returncode, json.loads(said)["done"]) == (0, 1)


@pytest.mark.slow
def test_fsck_restores_from_the_tracker_what_it_has_and_says_what_it_has_not(ground, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    asked = [*ground.overrides, "store.mirror=mlflow"]
    place = ground.place("store.mirror=mlflow")
    ground.sweep(["clip+sam"])
    mirror(place.study, place.store, place.story)
    trained, scored = (next(one for one in place.store.records() if one.kind == kind) for kind in ("train", "score"))
    weights = place.store.path(trained, "tower.safetensors")
    good = weights.read_bytes()
    weights.chmod(0o644)
    weights.write_bytes(good[:-1] + b"!")
    place.store.path(scored, "score.json").unlink()
    with redirect_stdout(StringIO()) as said:
        assert storing.fsck(asked, False, True) == 40
    assert sorted(fault["kind"] for fault in json.loads(said.getvalue())["faults"]) == ["damaged", "missing"]
    with redirect_stdout(StringIO()) as said:
        assert storing.fsck(asked, True, True) == 0
    assert {fault["done"] for fault in json.loads(said.getvalue())["faults"]} == {"restored from the tracker"}
    assert weights.read_bytes() == good
    with redirect_stdout(StringIO()):
        assert storing.fsck(asked, False, True) == 0
