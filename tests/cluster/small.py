"""Lay a small study of the tiny recipe out, whose children compute: its encoders, its language model, its engine.

Only numbers are smaller: two encoders in the pool, a few steps of a few pictures, a dozen questions of two benchmarks.
Answers come from the plain engine, which starts in seconds.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.mini import mixture, parquet
from benchmarks.mini.tables import tables
from benchmarks.mirror import FORMAT, MANIFEST
from benchmarks.table import find
from harness.record import attempts
from harness.record.attempts import Attempt
from harness.record.durable import sha256_of
from harness.record.store import Store
from harness.schema.run import RunRecord

PICTURES, QUESTIONS, SEED = 40, 12, 0
BENCHMARKS = ("chartqa", "realworldqa")
GRID = ("with:clip", ",".join(BENCHMARKS))
"""Two trainings: one encoder alone, and both of the pool with the four other views of it."""
SMALLER = (
    *("recipe.pool=[clip,pix2struct]", "decoding=reference", "sweep.edge_seeds=1", "sweep.slots=1", "store=folder"),
    *(f"recipe.stages.{stage}.{what}" for stage in (0, 1) for what in ("steps=12", "global_batch=16")),
)
HERE = ("machine.checkpoint_every_s=1",)
OVER_SLURM = (
    *("machine=slurm", "machine.accelerator=cpu", "machine.devices=1", "machine.zero_stage=0", "machine.workers=0"),
    *("machine.threads=1", "machine.instruction_set=avx2", "machine.micro_batch=16", "machine.checkpoint_every_s=1"),
    *("machine.cluster.memory_gb=4", "machine.cluster.cpus=1", "machine.cluster.minutes=30"),
)
CLOCKED = ("figures.json", "curves.svg")
"""What tells how fast a training was, beside what it made."""


@dataclass(frozen=True)
class SmallStudy:
    """Hold the folders of a study: what it asks and trains on, and one store; and what of it is swept."""

    root: Path
    name: str = "store"
    grid: tuple[str, str] = GRID

    @classmethod
    def draw(cls, root: Path, name: str = "store", grid: tuple[str, str] = GRID) -> "SmallStudy":
        """Draw the pictures to train on and the questions to ask."""
        mixture.draw(root / "data", SEED, count=PICTURES)
        files = []
        for benchmark in map(find, BENCHMARKS):
            (table,) = tables(benchmark, SEED)
            path = f"{benchmark.source.hub_id}/{table.config}/{benchmark.source.split}-00000-of-00001.parquet"
            parquet.write(root / "mirror" / path, table.schema, table.rows[:QUESTIONS])
            listed = {"path": path, "rows": QUESTIONS, "columns": table.schema.names}
            files.append({**listed, "sha256": sha256_of(root / "mirror" / path)})
        (root / "mirror" / MANIFEST).write_text(json.dumps({"format": FORMAT, "files": files}))
        return cls(root, name, grid)

    def afresh(self, name: str) -> "SmallStudy":
        """Return the same study with a store of its own."""
        return replace(self, name=name)

    @property
    def store(self) -> Path:
        """Return the folder of the store."""
        return self.root / self.name

    @property
    def overrides(self) -> list[str]:
        """Return the words that say what is asked and where it lies."""
        data = self.root / "data"
        pinned = {"location": data, "manifest": sha256_of(data / MANIFEST)}
        sources = [
            f"recipe.stages.{stage}.sources.0.{name}='{value}'" for stage in (0, 1) for name, value in pinned.items()
        ]
        return [f"store.folder='{self.store}'", f"mirror.location='{self.root / 'mirror'}'", *sources, *SMALLER]

    def harness(self, *words: str) -> str:
        """Run one command as a person does, and return its answer.

        Raises:
            RuntimeError: it did not end well.
        """
        command = [sys.executable, "-m", "harness", *words, *self.overrides, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr[-4000:]}\n{done.stdout}")
        return done.stdout

    def sweep(self) -> str:
        """Sweep on this machine what is not done, and return the table."""
        return self.harness("sweep", *self.grid, *HERE)

    def submit(self, *words: str) -> dict[str, Any]:
        """Hand what is not done to Slurm, and return what was handed over."""
        return json.loads(self.harness("sweep", *self.grid, *OVER_SLURM, *words))

    def ledger(self) -> tuple[Attempt, ...]:
        """Return every line of the ledger."""
        path = self.store / attempts.NAME
        return attempts.read(path).lines if path.exists() else ()

    def records(self) -> tuple[RunRecord, ...]:
        """Return the record of every finished step."""
        return tuple(Store(self.store).records())

    def made(self) -> dict[str, str]:
        """Return the digest of every file that a step made, but for what tells how fast."""
        return {
            f"{record.title} {name}": output.sha256
            for record in self.records()
            for name, output in record.outputs.items()
            if name not in CLOCKED
        }
