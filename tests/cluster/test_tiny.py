"""The tiny recipe over a real Slurm: trained and answered on nodes, broken off twice, the bytes of a sweep at home.

The moments are drawn: as in tests/faults, a line of the ledger to wait for and a little more.
"""

import random
import subprocess
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.cluster import slurm
from tests.cluster.nodes import settle, until
from tests.cluster.small import BENCHMARKS, SmallStudy
from tests.harness.run.standing_in import ROOT

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(bool(slurm.why_not()), reason=slurm.why_not() or "it can"),
]
SEED = 23
VIEWS = {"clip": 1, "clip+pix2struct": 5}
"""Training -> how many ways its model is asked."""
LINES = 2 * sum(1 + 2 * views * len(BENCHMARKS) for views in VIEWS.values())
"""What a whole sweep writes into its ledger: a line when a step starts, and one when it ends."""


def test_a_sweep_that_was_killed_on_its_nodes_and_resumed_comes_to_the_local_ones_table(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    dice, home = random.Random(SEED), SmallStudy.draw(tmp_path)
    table = home.sweep()
    assert len(home.ledger()) == LINES
    away = home.afresh("over slurm")
    with slurm.started(tmp_path / "slurm") as environment:
        monkeypatch.setenv("SLURM_CONF", environment["SLURM_CONF"])
        submitted(away)
        some_way(away, dice, range(1, 4))
        kill_a_task(away.store, dice)
        settle()
        left = submitted(away)
        some_way(away, dice, range(left + 1, left + 5))
        subprocess.run(["scancel", "--user", "root"], check=True)
        settle()
        submitted(away)
        settle()
    before = away.ledger()
    assert away.sweep() == table
    assert away.ledger() == before
    assert away.made() == home.made()
    assert set(Counter(line.step for line in before if line.outcome == "done").values()) == {1}
    away.harness("fsck")


def submitted(study: SmallStudy) -> int:
    """Sweep over Slurm, demand that only what is missing was handed over, and return how long the ledger was."""
    lines = study.ledger()
    done = Counter(line.title.removesuffix(" (seed 0)") for line in lines if line.outcome == "done")
    trained = {name for name in VIEWS if done[f"train {name}"]}
    scored = {
        (name, benchmark)
        for name, views in VIEWS.items()
        for benchmark in BENCHMARKS
        if sum(count for title, count in done.items() if title.split(" ")[:4] == ["score", benchmark, "of", name])
        == views
    }
    counted = study.submit()
    assert counted["alive"] == []
    assert counted["trainings"] == len(VIEWS) - len(trained)
    assert counted["following"] == len(VIEWS) * len(BENCHMARKS) - len(scored)
    return len(lines)


def some_way(study: SmallStudy, dice: random.Random, lines: range) -> None:
    """Wait until the ledger is as long as the dice say, and a little more."""
    far = dice.choice(lines)
    until(lambda: len(study.ledger()) >= far)
    time.sleep(dice.uniform(0.0, 5.0))


def tasks(store: Path) -> list[psutil.Process]:
    """List what Slurm's own step managers have started for a store, oldest first."""
    found = []
    for process in psutil.process_iter(["ppid", "cmdline"]):
        words = process.info["cmdline"] or []
        if any(word.startswith(str(store)) for word in words) and "submitit.core._submit" in words:
            try:
                ours = process.parent()
            except psutil.NoSuchProcess:
                continue
            if ours is not None and ours.name() == "slurmstepd":
                found.append(process)
    return sorted(found, key=lambda process: process.pid)


def kill_a_task(store: Path, dice: random.Random) -> None:
    """Kill the process of a task, so that neither it nor Slurm has a word to say to what it has started."""

    def killed() -> bool:
        try:
            dice.choice(tasks(store)).kill()
        except (IndexError, psutil.NoSuchProcess):
            return False
        return True

    until(killed)
