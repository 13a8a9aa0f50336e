"""A sweep does everything once, forgets nothing, and gives the same table however often it was broken off."""

import signal
import subprocess
import sys
import time

import pytest

from harness.errors import UsageError
from tests.harness.run.grids import Ground, contents, started, table
from tests.harness.run.standing_in import MOMENTS, ORDERS, ROOT

FULL = "clip+convnext+sam+eva02+pix2struct"
PAIR = ("clip", "sam")


@pytest.fixture
def ground(tmp_path, monkeypatch) -> Ground:
    """Lay out a grid whose children compute nothing."""
    ground = Ground(tmp_path)
    monkeypatch.setattr(sys, "executable", str(ground.program))
    monkeypatch.setenv(ORDERS, str(tmp_path / "orders"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return ground


def test_everything_is_done_once_and_nothing_again(ground):
    first = ground.sweep(PAIR)
    assert sorted(table(first)) == sorted(f"tiny.{name}.chartqa.s0" for name in PAIR)
    before = ground.ledger()
    assert len(started(before)) == len(set(started(before))) == 3 * len(PAIR)
    assert table(ground.sweep(PAIR)) == table(first)
    assert ground.ledger() == before


def test_a_larger_sweep_adds_what_is_missing(ground):
    ground.sweep(["clip"])
    ground.sweep(PAIR)
    assert len(started(ground.ledger())) == len(set(started(ground.ledger()))) == 3 * len(PAIR)


def test_one_process_answers_every_view_of_the_full_set(ground):
    swept = ground.sweep(["all"], masks="all-masks")
    assert len(table(swept)) == 33
    assert len({line.process for line in ground.ledger()}) == 1
    assert len([line for line in ground.told.said if "entries: 33 of 33" in line]) == 1


def test_a_killed_training_is_tried_again_and_the_reason_is_kept(ground):
    whole = table(ground.sweep(["clip"]))
    other = ground.afresh()
    ground.order("train", "clip", "kill", times=2)
    assert table(other.sweep(["clip"])) == whole
    said = [(line.number, line.outcome) for line in other.ledger() if line.kind == "train"]
    assert said == [(1, "started"), (1, "failed"), (2, "started"), (2, "failed"), (3, "started"), (3, "done")]
    assert all("without a word" in line.why for line in other.ledger() if line.outcome == "failed")


@pytest.mark.slow
@pytest.mark.parametrize("task", MOMENTS)
def test_a_child_may_die_at_any_moment_of_its_life(ground, task):
    ground.sweep(["clip"])
    whole, here = contents(ground.store), ground
    for moment in range(MOMENTS[task]):
        here = here.afresh()
        ground.order(task, "clip", f"kill-{moment}")
        here.sweep(["clip"])
        assert contents(here.store) == whole
        assert any("without a word" in line for line in here.told.said)


def test_what_keeps_failing_is_given_up_and_the_others_go_on(ground):
    ground.order("train", "sam", "fail", times=9)
    swept = ground.sweep(PAIR, "sweep.retries=1")
    assert [job.title for job in swept.failed] == ["sam s0"]
    assert "ordered to fail" in next(iter(swept.failed.values()))
    assert len(swept.done) == len(PAIR) - 1
    assert [outcome for title, _, outcome in ground.outcomes("train") if title == "train sam"].count("failed") == 2


def test_damaged_evidence_is_not_tried_again(ground):
    ground.order("predict", "sam", "damage", times=9)
    swept = ground.sweep(PAIR)
    assert [job.title for job in swept.failed] == ["sam s0"]
    assert [outcome for _, _, outcome in ground.outcomes("predict")].count("failed") == 1


def test_wrong_use_stops_the_whole_sweep(ground):
    ground.order("train", "clip", "misuse")
    with pytest.raises(UsageError, match="ordered to misuse"):
        ground.sweep(PAIR, "sweep.slots=1")
    assert len(ground.outcomes("train")) == 2


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_that_is_broken_off_goes_on_where_it_was(ground, ending):
    whole = table(ground.sweep(["all"], "sweep.edge_seeds=2"))
    other = ground.afresh()
    # The second seed's answers wait: the first job is done by then.
    other.order("predict", FULL, "wait")
    process = start(other)
    deadline = time.monotonic() + 120
    while any((other.root / "orders").iterdir()) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(ending)
    out, _ = process.communicate()
    assert (process.returncode, out) == (130 if ending == signal.SIGINT else -ending, b"")
    done = [line.step for line in other.ledger() if line.outcome == "done"]
    assert done
    if ending == signal.SIGINT:
        assert other.ledger()[-1].outcome == "stopped"
    assert table(other.sweep(["all"], "sweep.edge_seeds=2")) == whole
    again = [line.step for line in other.ledger() if line.outcome == "done"]
    assert len(again) == len(set(again)) == 6
    assert again[: len(done)] == done


def test_two_sweeps_at_once_share_the_work(ground):
    said = [(process.communicate(), process.returncode) for process in [start(ground), start(ground)]]
    assert [code for _, code in said] == [0, 0], said
    lines = ground.ledger()
    assert len(started(lines)) == len(set(started(lines))) == 6
    assert {out for (out, _), _ in said} != {b""}


def start(ground: Ground) -> subprocess.Popen[bytes]:
    """Start a sweep of two seeds of the full set in a process of its own, one job at a time."""
    words = ("sweep", "all", "chartqa", "--keep", "none", "--json", "sweep.slots=1", "sweep.edge_seeds=2")
    command = ground.command(*words)
    return subprocess.Popen(command, env=ground.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
