"""Run a sweep on this machine: as many jobs at once as there are slots, each a training and then all its entries.

A job runs in a thread that waits for child processes, one at a time, so a slot never computes two things at once. What
is done is found by digest, so a sweep that was stopped, or a second one on the same store, repeats nothing: a job that
another sweep has in hand is put off until there is no other left. A failure without a reason of its own (a killed
process, a full disk) is tried again; damaged evidence is not, and stops its own job alone; wrong use and a machine that
cannot run stop everything, since every other job would meet them too.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from benchmarks.card import Benchmark
from harness.errors import HarnessError, MachineError, UsageError
from harness.run import child, slots, steps
from harness.run.diverged import DivergedTraining
from harness.run.jobs import Job
from harness.run.local import ENTRIES, Local
from harness.run.pace import Pace, spoken
from harness.run.prepare import check_parts
from harness.run.reproduce import Evaluated, Workplace
from harness.run.story import Story
from harness.run.tries import tried
from harness.schema.entry import Entry
from harness.schema.run import RunRecord

T = TypeVar("T")
PATIENCE_S = 0.2
SWEEP, TRAINING = "sweep", "train"
Asked = Sequence[tuple[Entry, Benchmark]]


@dataclass(slots=True)
class Swept:
    """Hold what a sweep came to: every job's entries, and the jobs that diverged or failed with the reason."""

    done: dict[Job, list[Evaluated]] = field(default_factory=dict)
    diverged: dict[Job, str] = field(default_factory=dict)
    failed: dict[Job, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlotStory:
    """Tell what one slot does in one line: which job, and how far its training or its entries are.

    The many small tasks inside them would drown the rest.
    """

    story: Story
    title: str
    answered: Callable[[int], None]

    def say(self, text: str) -> None:
        """Tell one thing that happened in this slot."""
        self.story.say(f"{self.title}: {text}")

    def progress(self, task: str, done: int, total: int, note: str = "") -> None:
        """Tell how far a training or a job's entries are."""
        if task == ENTRIES:
            self.answered(done)
        if task == ENTRIES or task.startswith(TRAINING):
            self.story.progress(f"{self.title}: {task}", done, total, note)


class Sweep:
    """Hold one sweep while it runs."""

    def __init__(self, place: Workplace, jobs: Sequence[Job], benchmarks: Sequence[Benchmark]):
        self.place, self.benchmarks = place, tuple(benchmarks)
        self.slots = slots.count(place.study.machine, place.study.sweep.slots)
        self.pace = Pace(self.slots)
        self.waiting, self.put_off = deque(jobs), deque[Job]()
        self.untrained = set(jobs)
        self.open = {job: len(job.views) * len(self.benchmarks) for job in jobs}
        self.total = sum(self.open.values())
        self.swept = Swept()
        self.stopping = threading.Event()
        self.alone = threading.RLock()

    def run(self) -> Swept:
        """Run every job; return what came of each.

        Raises:
            UsageError, MachineError: no job can run as it is asked.
            InvalidEvidence: the shared parts are not the pinned ones.
        """
        check_parts(self.place.study)
        self._tell()
        with ThreadPoolExecutor(self.slots) as pool:
            workers = {pool.submit(self._work, slot) for slot in range(self.slots)}
            try:
                while workers:
                    over, workers = wait(workers, timeout=PATIENCE_S)
                    for worker in over:
                        worker.result()
            finally:
                self.stopping.set()
                while workers:
                    child.end_all()
                    _, workers = wait(workers, timeout=PATIENCE_S)
        return self.swept

    def _work(self, slot: int) -> None:
        """Take jobs until none is left."""
        while (job := self._next()) is not None:
            try:
                self.swept.done[job] = self._do(job, slot)
            except DivergedTraining as result:
                self.place.story.say(str(result))
                self.swept.diverged[job] = str(result)
            except (UsageError, MachineError):
                raise
            except HarnessError as error:
                self.place.story.say(f"{job.title}: given up: {error}")
                self.swept.failed[job] = str(error)
            self._close(job, 0)

    def _next(self) -> Job | None:
        """Return the next job that no other process has in hand, or one that another has when there is no other."""
        with self.alone:
            self._check()
            while self.waiting:
                job = self.waiting.popleft()
                if not self.place.store.held(steps.train(job.training).digest):
                    return job
                self.put_off.append(job)
            return self.put_off.popleft() if self.put_off else None

    def _do(self, job: Job, slot: int) -> list[Evaluated]:
        place, began = self.place, datetime.now(UTC)
        story = SlotStory(place.story, f"slot {slot + 1}: {job.title}", partial(self._answered, job))
        local = place.local.at(job.training.seed, story, self._check, slots.devices(place.study.machine, slot))
        trained = self._tried(job, partial(local.train, job.training))
        if trained.started >= began:
            self.pace.train(len(job.training.trained), (trained.ended - trained.started).total_seconds())
        with self.alone:
            self.untrained.discard(job)
        asked = [
            (local.study.entry(job.training, view.kept, benchmark.name, view.mask), benchmark)
            for benchmark in self.benchmarks
            for view in job.views
        ]
        clock, moment = time.monotonic(), datetime.now(UTC)
        found = self._tried(job, partial(_evaluate, local, trained, asked))
        fresh = sum(one.records[1].started >= moment for one in found)
        if fresh:
            self.pace.answer(fresh, time.monotonic() - clock)
        return found

    def _tried(self, job: Job, task: Callable[[], T]) -> T:
        """Do a task of a job, again after a plain failure, as often as the study says."""
        return tried(task, self.place.study.sweep.retries, lambda why: self.place.story.say(f"{job.title}: {why}"))

    def _check(self) -> None:
        if self.stopping.is_set():
            raise KeyboardInterrupt

    def _answered(self, job: Job, done: int) -> None:
        self._close(job, len(job.views) * len(self.benchmarks) - done)

    def _close(self, job: Job, left: int) -> None:
        with self.alone:
            self.open[job] = left
            self._tell()

    def _tell(self) -> None:
        left = sum(self.open.values())
        seconds = self.pace.left_s((len(job.training.trained) for job in self.untrained), left)
        failed = f", {len(self.swept.failed)} jobs failed" if self.swept.failed else ""
        self.place.story.progress(SWEEP, self.total - left, self.total, f"{spoken(seconds)} left{failed}")


def _evaluate(local: Local, trained: RunRecord, asked: Asked) -> list[Evaluated]:
    answered = local.predict(local.checkpoint(trained), asked)
    found = []
    for pair, record in zip(asked, answered, strict=True):
        score, scored = local.score(record, *pair)
        found.append(Evaluated(score, (trained, record, scored)))
    return found
