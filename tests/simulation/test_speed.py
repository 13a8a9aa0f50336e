"""The work that a table takes grows with its answers alone, and no answer is marked twice.

Counted are calls, of Python and of C: the same on every machine, however busy. `ci/verify_bench speed` takes the time.
"""

import gc
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.suite import COLUMNS, find_column
from harness.score.score import score_in
from harness.verify.evidence import Questions, Stored
from harness.verify.verify import Examined, examine
from harness.verify.whole_table import judge_table
from tests.simulation.speed import WRONG, answers, measure, questions
from tests.simulation.tables import cells, policy

COLUMN = COLUMNS[3]
# A sum of tasks and their pairs, groups that count as a whole, a plain mean, a mean of two halves.
POOLED = [find_column(name) for name in ("mme", "mmbench", COLUMN.name, "cv_bench_2d")]


def calls(work: Callable[[], object]) -> int:
    """Count the calls that a piece of work makes; what earlier tests left to collect is no part of it."""
    count = 0

    def heard(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    gc.collect()
    gc.disable()
    sys.setprofile(heard)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


def judged(asked: Questions, entries: int = 1) -> list[Examined]:
    """Judge some entries of one column, all in one exam."""
    rng, found = np.random.default_rng(0), []
    mine = [one for one in cells(masked=False) if one.benchmark == asked.benchmark.name]
    for entry in mine[:entries]:
        first = answers(rng, asked, entry, None)
        rerun = answers(rng, asked, entry, first)
        kept = score_in(asked.exam, first.header, first.predictions).score
        found.append(examine(Stored(kept, first), rerun, asked, "repredict", policy()))
    return found


@pytest.mark.parametrize("column", POOLED, ids=lambda column: column.name)
def test_the_work_of_an_entry_grows_no_faster_than_its_answers(column):
    judged(questions(column, 0.05))
    small, large = (questions(column, share) for share in (0.1, 0.4))
    few, many = (calls(lambda asked=asked: judged(asked)) for asked in (small, large))
    # What every entry costs is there once, so four times the answers take less than four times the calls.
    assert many < 1.05 * few * len(large.samples) / len(small.samples)


def test_the_work_of_a_table_grows_no_faster_than_its_entries():
    asked = questions(COLUMN, 0.05)
    few, many = judged(asked, 8), judged(asked, 31)
    judge_table(few, "repredict", policy())
    assert calls(lambda: judge_table(many, "repredict", policy())) < 31 / 8 * 1.3 * calls(
        lambda: judge_table(few, "repredict", policy())
    )


def test_every_answer_that_was_ever_given_to_a_question_is_marked_once():
    asked, marked = questions(COLUMN, 0.1), []
    protocols = {
        name: replace(
            one, mark=lambda sample, text, mark=one.mark: marked.append((sample.id, text)) or mark(sample, text)
        )
        for name, one in asked.benchmark.protocols.items()
    }
    asked = replace(asked, benchmark=replace(asked.benchmark, protocols=protocols))
    # The constant answers of the blind baseline are marked beside the exam, once for all models.
    asked.exam.blind(asked.benchmark.protocol("cambrian"))
    marked.clear()
    judged(asked, entries=12)
    assert len(marked) == len(set(marked))
    assert len(marked) <= len(asked.samples) * (len(WRONG) + 1)


@pytest.mark.slow
def test_a_tiny_table_is_judged_whole():
    found = measure(share=0.02, masked=False)
    assert found.entries == 31 * 16
    assert found.verdict.outcome == "INCONCLUSIVE"
