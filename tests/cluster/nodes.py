"""Lay a grid out for a real Slurm, on whose nodes children compute nothing, and be the person who watches over it."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.table import find
from harness.run import chains, cluster
from harness.run.jobs import lay_out
from harness.run.reproduce import Workplace
from harness.schema.subset import Subset
from tests.harness.run.grids import PYTHON, Ground

PATIENCE_S = 900
REQUESTS = {"memory_gb": 1, "cpus": 1, "minutes": 10, "gpus": "true", "at_once": 4}
# What a container's entry does, in one file: it stands before `python` and decides what runs there.
WRAPPER = """#!{python}
import runpy
import sys
sys.executable = {program!r}
words = sys.argv[sys.argv.index("-m") + 1 :]
sys.argv = words
runpy.run_module(words[0], run_name="__main__", alter_sys=True)
"""


@dataclass
class Cloud:
    """Hold a grid whose tasks run on the nodes of a Slurm that is up."""

    ground: Ground

    def __post_init__(self) -> None:
        self.wrapper = self.ground.root / "node"
        if not self.wrapper.exists():
            self.wrapper.write_text(WRAPPER.format(python=PYTHON, program=str(self.ground.program)))
            self.wrapper.chmod(0o755)

    @property
    def overrides(self) -> list[str]:
        """Return the words of a command line that submits here."""
        requests = {**REQUESTS, "prefix": f"['{self.wrapper}']"}
        asked = [f"machine.cluster.{name}={value}" for name, value in requests.items()]
        kind = ["machine=slurm", "machine.accelerator=cpu", "machine.devices=1", "machine.zero_stage=0"]
        return [*self.ground.overrides, "sweep.edge_seeds=1", *kind, *asked]

    def submit(self, *subsets: str, masks: str = "none") -> cluster.Submitted:
        """Submit what is missing of some subsets on ChartQA, and come back at once."""
        place = self.place()
        trained = [Subset.parse(subset, place.study.recipe.pool) for subset in subsets]
        jobs = lay_out(place.study, trained, masks)
        laid = chains.lay(place.local, jobs, [find("chartqa")], self.overrides, masks)
        spec = place.study.machine.cluster
        assert spec is not None
        return cluster.submit(spec, 1, self.ground.store / "cluster", laid.chains)

    def place(self) -> Workplace:
        """Open the workplace that the submitting machine works in."""
        return self.ground.place(*self.overrides)

    def settle(self) -> None:
        """Wait until nothing is queued or running."""
        settle()

    def begun(self, title: str) -> bool:
        """Tell whether a step is being worked on, by the ledger, and every order is being obeyed."""
        lines = [line for line in self.ground.ledger() if line.title.startswith(title)]
        obeyed = not any((self.ground.root / "orders").iterdir())
        return obeyed and bool(lines) and lines[-1].outcome == "started"

    def running(self) -> str:
        """Return the number of the one task that runs."""
        (one,) = said("squeue", "--noheader", "--array", "--states=R", "--format=%i")
        return one


def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true, within reason."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("it did not come to pass")
        time.sleep(0.2)


def settle() -> None:
    """Wait until nothing is queued or running."""
    until(lambda: not cluster._living())


def said(*words: str) -> list[str]:
    """Run one of Slurm's commands and return the words it prints."""
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def release(job: str) -> None:
    """Let a task that was queued again start at once: Slurm holds it back for two minutes."""
    until(lambda: said("squeue", "--noheader", "--array", "--format=%t", "--job", job) in (["PD"], ["R"], []))
    subprocess.run(["scontrol", "update", f"jobid={job}", "StartTime=now"], capture_output=True, timeout=60)
