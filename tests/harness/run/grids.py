"""Lay a small grid out for tests: ChartQA with a dozen questions, and children that compute nothing."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.table import find
from harness.config.compose import compose
from harness.record import attempts
from harness.record.attempts import Attempt
from harness.record.store import Store
from harness.run.jobs import lay_out
from harness.run.reproduce import Workplace
from harness.run.sweep import Sweep, Swept
from harness.schema.subset import Subset
from tests.benchmarks.small_mirror import CHARTQA, FILE, listed, rows_of
from tests.harness.run import standing_in

QUESTIONS = 12
# Tests put another program in its place for children.
PYTHON = sys.executable


@dataclass
class Told:
    """Keep what a story tells."""

    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, task: str, done: int, total: int, note: str = "") -> None:
        self.said.append(f"{task}: {done} of {total}, {note}")


@dataclass
class Ground:
    """Hold the folders of one test: the store, the orders for children, the questions."""

    root: Path
    name: str = "store"
    told: Told = field(default_factory=Told)

    def __post_init__(self) -> None:
        self.program = self.root / "stand_in"
        if not self.program.exists():
            self._make()

    def afresh(self) -> "Ground":
        """Return the same questions with an empty store: where data lie is part of what a training is."""
        return Ground(self.root, f"{self.name} again")

    def _make(self) -> None:
        folder = self.root / "mirror"
        self.root.mkdir(exist_ok=True)
        (folder / FILE).parent.mkdir(parents=True)
        (self.root / "orders").mkdir()
        rows = rows_of(QUESTIONS)
        pq.write_table(pa.Table.from_pylist(rows), folder / FILE)
        listed(folder, FILE, len(rows), list(CHARTQA.columns["default"]))
        standing_in.install(self.root)

    @property
    def store(self) -> Path:
        return self.root / self.name

    @property
    def overrides(self) -> list[str]:
        """Return the words of a command line that works here."""
        places = [f"recipe.stages.{stage}.sources.0.location={self.root}" for stage in (0, 1)]
        return [f"store.folder='{self.store}'", "store=folder", f"mirror.location={self.root / 'mirror'}", *places]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, standing_in.ORDERS: str(self.root / "orders"), "PYTHONPATH": str(standing_in.ROOT)}

    def command(self, *words: str) -> list[str]:
        """Return a command line whose children are stand-ins."""
        return [PYTHON, "-m", "tests.harness.run.command", str(self.program), *words, *self.overrides]

    def order(self, task: str, subset: str, what: str, times: int = 1) -> None:
        standing_in.order(self.root / "orders", task, subset, what, times)

    def place(self, *overrides: str) -> Workplace:
        """Open a workplace in this process; its children are stand-ins where the fixture has put them."""
        study = compose([*self.overrides, "sweep.edge_seeds=1", "sweep.slots=2", *overrides])
        return Workplace(study, self.store, self.told)

    def sweep(self, subsets: Sequence[str], *overrides: str, masks: str = "none") -> Swept:
        place = self.place(*overrides)
        trained = [Subset.parse(subset, place.study.recipe.pool) for subset in subsets]
        return Sweep(place, lay_out(place.study, trained, masks), [find("chartqa")]).run()

    def ledger(self) -> tuple[Attempt, ...]:
        return attempts.read(self.store / attempts.NAME).lines

    def outcomes(self, kind: str) -> list[tuple[str, int, str]]:
        """List what became of the steps of a kind: the title's subject, which try, the outcome."""
        return [(line.title.split(" (")[0], line.number, line.outcome) for line in self.ledger() if line.kind == kind]


def table(swept: Swept) -> dict[str, float]:
    """Return the score of every entry by its name."""
    return {one.score.entry.slug: one.score.value for done in swept.done.values() for one in done}


def contents(store: Path) -> dict[str, str]:
    """Return the digest of everything that every finished step left, by the step's title and the file's name."""
    return {
        f"{record.title} {name}": output.sha256
        for record in Store(store).records()
        for name, output in record.outputs.items()
    }


def started(lines: Sequence[Attempt]) -> list[str]:
    """List the steps that were begun, as often as they were."""
    return [line.step for line in lines if line.outcome == "started"]
