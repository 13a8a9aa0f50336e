"""Time how long the stored table takes: every entry of the reference rescored and judged, and the verb that prints it.

Nothing here is synthetic: `harness verify` as anybody runs it, in a store of its own. What is drawn once a store, the
questions, is drawn before the clock starts.
"""

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.table import find
from harness.cli.guard import PATIENCE
from harness.config.compose import compose
from harness.config.places import POLICY, ROOT
from harness.run.reproduce import Workplace
from harness.run.story import Silence
from harness.schema.entry import Entry
from harness.schema.view import View
from harness.verify import policy as policies
from harness.verify.whole_table import judge_table

VERB = (sys.executable, "-m", "harness", "verify", "lattice", "all")


@dataclass(frozen=True, slots=True)
class Timed:
    """Hold what one pass took: seconds of wall, and of the processors in all processes together."""

    what: str
    wall_s: float
    processor_s: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold how much is stored, and every pass: by the verb, and in a process that has started.

    `study` is the table that the study asks for, the first seed of every subset and of every mask of the full model;
    `verb` and `whole` take the other seeds, floor and blind with it.
    """

    entries: int
    answers: int
    asked: int
    verb: tuple[Timed, ...]
    whole: tuple[Timed, ...]
    study: tuple[Timed, ...]


def measure(times: int) -> Measured:
    """Verify what is stored so many times as a command, and so many times in one process that has started.

    Raises:
        AssertionError: a pass did not end in MATCH.
    """
    with TemporaryDirectory() as folder:
        study = (f"store.folder={folder}/store", "store=folder")
        told = json.loads(
            subprocess.run([*VERB, *study, "--json"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
        )
        verb = []
        for _ in range(times):
            with _clock("harness verify", verb):
                subprocess.run([*VERB, *study], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        # As the verb has it.
        gc.set_threshold(PATIENCE, *gc.get_threshold()[1:])
        whole: list[Timed] = []
        asked_for: list[Timed] = []
        for _ in range(times):
            for passes, chosen in ((whole, _any), (asked_for, _of_the_study)):
                with _clock("rescored and judged", passes):
                    outcome, asked = _judged(study, Path(folder, "store"), chosen)
                assert outcome == "MATCH", outcome
    answers = sum(entry["stored"]["n"] for entry in told["entries"])
    return Measured(len(told["entries"]), answers, asked, tuple(verb), tuple(whole), tuple(asked_for))


def _any(entry: Entry) -> bool:
    return True


def _of_the_study(entry: Entry) -> bool:
    return entry.seed == 0 and bool(entry.kept.names)


def _judged(overrides: tuple[str, ...], folder: Path, chosen: Callable[[Entry], bool]) -> tuple[str, int]:
    """Open the reference, mark stored answers again, and judge their table; return the outcome and how many entries."""
    place = Workplace(compose(overrides), folder, Silence())
    asked = []
    entries = [score.entry for score in place.reference.scores.values() if chosen(score.entry)]
    for (seed, trained, kept, mask), group in groupby(
        entries, key=lambda one: (one.seed, one.trained, one.kept, one.mask)
    ):
        benchmarks = [find(one.benchmark) for one in group]
        asked += place.at(seed).views(trained, [View(kept, mask)], benchmarks)
    table = judge_table(place.reproduce(asked, "rescore"), "rescore", policies.read(POLICY))
    return table.outcome, len(asked)


@contextmanager
def _clock(what: str, passes: list[Timed]) -> Iterator[None]:
    wall, processor = time.perf_counter(), _processor_s()
    yield
    passes.append(Timed(what, time.perf_counter() - wall, _processor_s() - processor))


def _processor_s() -> float:
    """Return the seconds that this process and those it has ended took of the processors."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def processors() -> int:
    """Return how many processors there are to share."""
    return len(os.sched_getaffinity(0))
