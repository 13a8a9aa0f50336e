"""A sweep whose tasks each run in the built image, started by Slurm, comes to the table of a sweep outside of it."""

import pytest

from tests.cluster import slurm
from tests.cluster.nodes import settle
from tests.cluster.small import SmallStudy
from tests.container.closed import IMAGE, needs_image
from tests.harness.run.standing_in import ROOT

pytestmark = [
    *needs_image,
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(slurm.why_not()), reason=slurm.why_not() or "it can"),
]
GRID, STEPS = ("clip", "chartqa"), 3  # train, answer, score


def test_a_sweep_whose_tasks_run_in_the_image_comes_to_the_same_table(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # A container sees the store alone, so what is trained on lies in it.
    inside = SmallStudy.draw(tmp_path / "store", ".", GRID)
    with slurm.started(tmp_path / "slurm") as environment:
        monkeypatch.setenv("SLURM_CONF", environment["SLURM_CONF"])
        # No engine can hand the stand-ins on, which are no GPUs.
        words = ("container=docker", f"image='{IMAGE}'", "gpus=false")
        counted = inside.submit(*(f"machine.cluster.{word}" for word in words))
        assert (counted["trainings"], counted["following"]) == (1, 1)
        settle()
    before = inside.ledger()
    assert [line.outcome for line in before].count("done") == STEPS
    outside = inside.afresh("outside")
    assert inside.sweep() == outside.sweep()
    assert inside.ledger() == before
    assert inside.made() == outside.made()
    assert all(record.fingerprint.image for record in inside.records())
