"""Measure what `harness analyse` costs on a whole table, as a shell calls it: processor seconds, start included.

The table has 31 retrained subsets and 30 masked views of five encoders on sixteen benchmarks, 976 entries, and every
interval comes from 2,000 draws. It is given twice: as scores with standard errors, and as the marks of 400 to 640
questions an entry, which are drawn together for all models. Exit 1 only if a heavy library was loaded or a measure is
missing, since speed is the machine's.

Goal: 10 s for the scores.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.suite import COLUMNS

POOL = ("clip", "convnext", "sam", "eva02", "pix2struct")
ENTRIES, GOAL_S = 976, 10
FEWEST, MOST = 400, 640
# What a table of scores cannot give, since it takes trained models.
OF_MODELS = {"attention_divergence", "effective_rank", "readout", "residual"}
HEAVY = ("torch", "transformers", "timm", "vllm")
PROGRAM = """
import json, sys
from harness.cli.verbs.program import app
code = app(sys.argv[1:])
print(json.dumps([name for name in {heavy!r} if name in sys.modules]), file=sys.stderr)
sys.exit(code)
"""


def views() -> list[tuple[str, str]]:
    """Name what is trained and kept: every subset, and every proper one as a view of the full model."""
    subsets = ["+".join(held) for size in range(1, 6) for held in combinations(POOL, size)]
    return [(one, one) for one in subsets] + [(subsets[-1], one) for one in subsets[:-1]]


def marks() -> dict[tuple[str, str, str], np.ndarray]:
    """Draw 0 or 1 for every question of every entry, harder questions being hard for all."""
    draw = np.random.default_rng(0)
    sizes = np.linspace(FEWEST, MOST, len(COLUMNS)).astype(int)
    found = {}
    for column, size in zip(COLUMNS, sizes, strict=True):
        ease = draw.normal(0, 1, size)
        for trained, kept in views():
            skill = 0.3 * (kept.count("+") + 1) - (0.4 if kept != trained else 0.0)
            found[trained, kept, column.name] = (ease + skill + draw.normal(0, 1, size) > 1).astype(int)
    return found


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    """Write a table."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def cost(table: Path) -> tuple[float, float, dict[str, Any]]:
    """Return processor seconds, peak memory in MiB and the answer of one call.

    Raises:
        SystemExit: it failed, or loaded a heavy library.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, "-W", "ignore", "-c", PROGRAM.format(heavy=HEAVY), "analyse", str(table), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    if done.returncode or json.loads(done.stderr.splitlines()[-1]):
        sys.exit(f"analyse {table.name} ended with {done.returncode}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, after.ru_maxrss / 1024, json.loads(done.stdout)


def main() -> None:
    """Print the cost of both forms, and end with 1 where a measure lacks."""
    answers = marks()
    assert len(answers) == ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        scores = write(
            Path(folder, "scores.csv"),
            ("trained", "kept", "benchmark", "score", "standard_error"),
            ((*key, 100 * one.mean(), 100 * one.std() / len(one) ** 0.5) for key, one in answers.items()),
        )
        each = write(
            Path(folder, "marks.csv"),
            ("trained", "kept", "benchmark", "id", "mark"),
            ((*key, place, mark) for key, one in answers.items() for place, mark in enumerate(one.tolist())),
        )
        for table, goal in ((scores, f", goal {GOAL_S}"), (each, "")):
            spent, peak, found = cost(table)
            told = (
                f"analyse {table.name:<11} {spent:6.1f} s{goal}   peak {peak:5.0f} MiB, {found['replicates']:,} draws"
            )
            sys.stdout.write(told + "\n")
            if set(found["unavailable"]) != OF_MODELS or not all(found["complete"].values()):
                sys.exit(f"not every measure came out: {found['unavailable']}")


if __name__ == "__main__":
    main()
