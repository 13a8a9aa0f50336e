"""Time how long a whole table takes to be rescored and judged: real suite sizes, synthetic answers, two processes.

Every column of the suite has its real number of questions, four to an image, and is marked by one of the cards. A model
answers right with some chance and else one of a few wrong answers; a re-run changes 3 % of the answers. Each entry goes
through the verifier's own gates: answers read from files and matched to questions, both runs marked and pooled, the
stored score computed again, headers compared, flips classified, statistics, and the tests of the whole table at the
end. Drawing the answers and writing the files is not timed.
"""

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.card import Benchmark, Sample
from benchmarks.suite import COLUMNS, Column
from benchmarks.table import BENCHMARKS
from harness.record import predictions
from harness.schema.entry import Entry
from harness.schema.prediction import Prediction
from harness.score.score import score_in
from harness.verify.verify import Answers, Examined, Questions, Stored, examine
from harness.verify.whole_table import TableVerdict, judge_table
from tests.harness.nouns import digest, header
from tests.simulation.tables import cells, policy

AN_IMAGE = 4
A_PAIR = 2
# Rows that are asked, where they are more than the units that are scored: rotations, halves of pairs, another split.
ROWS = {"mme": 2374, "mmbench": 4329, "mmvp": 300, "docvqa": 5349}
WRONG = ("no", "B", "7", "left")
CHANGED = 0.03


@dataclass(frozen=True, slots=True)
class Timed:
    """Hold what a run of the benchmark took: seconds of wall, of the processors for judging, and memory in MB."""

    entries: int
    answers: int
    wall_s: float
    judging_s: float
    peak_mb: float
    verdict: TableVerdict


def card(column: Column) -> Benchmark:
    """Give a column a card: its own, or the marking and pooling of one that has the same kind of answers."""
    own = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    like = own.get(column.name) or BENCHMARKS[COLUMNS.index(column) % len(BENCHMARKS)]
    return replace(like, name=column.name, column=column)


def grouped(index: int) -> dict[str, str]:
    """Say everything that a column's pooling or marking may look at: halves, whole pairs in them, and rotations."""
    pair, question = f"pair {index // A_PAIR}", f"question {index // AN_IMAGE}"
    half = "one" if index // A_PAIR % 3 else "two"
    kind = {"answer_type": "text", "unit": "", "precision": "1"}
    return {"source": half, "task": half, "pair": pair, "group": question, "look_alike": question, **kind}


def questions(column: Column, share: float) -> Questions:
    """Make a column's questions, four to an image."""
    count = max(8, round(ROWS.get(column.name, column.units or 1000) * share))
    # A pair has two halves.
    count += count % A_PAIR
    samples = tuple(
        Sample(
            id=f"{column.name}-{index}",
            question="what is it?",
            pictures=(),
            choices=("a", "b", "c", "d"),
            answers=("A",),
            category="all",
            kind="all",
            cluster=f"image {index // AN_IMAGE}",
            meta=grouped(index),
        )
        for index in range(count)
    )
    return Questions(card(column), samples, digest(column.name))


def answers(rng: np.random.Generator, asked: Questions, entry: Entry, before: Answers | None) -> Answers:
    """Draw a model's answers, or a re-run of them with three in a hundred drawn again."""
    count = len(asked.samples)
    kinds = np.where(rng.random(count) < 0.6, len(WRONG), rng.integers(0, len(WRONG), count)).tolist()
    again = (rng.random(count) < CHANGED).tolist() if before else [True] * count
    texts = (*WRONG, "A")
    # No two models lead alike to the last bit; if they did, the table would rightly be refused.
    leads, kept = (1 + rng.random(count)).tolist(), before.predictions if before else ()
    rows = [
        Prediction(sample.id, texts[kind], (kind, 9), (0.001, leads[place]), "stop") if fresh else kept[place]
        for place, (sample, kind, fresh) in enumerate(zip(asked.samples, kinds, again, strict=True))
    ]
    return Answers(header(count, entry, samples=asked.digest, weights=entry.training), rows)


def column_of(job: tuple[int, float, bool]) -> tuple[list[Examined], int, float, float]:
    """Judge every entry of one column; runs in a process of its own."""
    place, share, masked = job
    column, rng = COLUMNS[place], np.random.default_rng(place)
    asked, judging, found, count = questions(column, share), 0.0, [], 0
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("stored.parquet", "rerun.parquet")]
        for entry in (one for one in cells(masked) if one.benchmark == column.name):
            first = answers(rng, asked, entry, None)
            kept = score_in(asked.exam, first.header, first.predictions).score
            for path, one in zip(paths, (first, answers(rng, asked, entry, first)), strict=True):
                predictions.write(path, one.header, one.predictions)
            began = time.process_time()
            stored, rerun = (Answers(*predictions.read(path)) for path in paths)
            found.append(examine(Stored(kept, stored), rerun, asked, "repredict", policy()))
            judging += time.process_time() - began
            count += len(asked.samples)
    return found, count, judging, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(share: float = 1.0, masked: bool = True, processes: int = 2) -> Timed:
    """Judge a table whose columns have this share of their real sizes."""
    order = sorted(range(len(COLUMNS)), key=lambda place: -(COLUMNS[place].units or 1000))
    began = time.perf_counter()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(column_of, [(place, share, masked) for place in order]))
    table_began = time.perf_counter()
    verdict = judge_table([one for found, *_ in done for one in found], "repredict", policy())
    table_s = time.perf_counter() - table_began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Timed(
        entries=sum(len(found) for found, *_ in done),
        answers=sum(count for _, count, *_ in done),
        wall_s=time.perf_counter() - began,
        judging_s=sum(judging for *_, judging, _ in done) + table_s,
        peak_mb=own + processes * max(peak for *_, peak in done),
        verdict=verdict,
    )
