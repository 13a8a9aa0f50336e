"""Look at a grid from outside: what is done, running, failed or still to do, and what it has cost so far.

Everything is read from the store, so any machine that sees it may look. Steps are looked up by their digests and the
store is never listed: what else lies in it costs nothing. A training runs where a process holds its lock; how far it is
stands in its scratch folder. The digests of answers follow from the weights, so entries are known once a training is
done, and all of its are `to do` before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.card import Benchmark
from harness.errors import InvalidEvidence
from harness.record import attempts, checkpoints
from harness.record.attempts import Attempt
from harness.record.store import Store
from harness.run import heartbeat, steps
from harness.run.diverged import DIVERGED
from harness.run.jobs import Job
from harness.run.local import PREDICTIONS, Local
from harness.run.pace import Pace
from harness.run.step import Step
from harness.schema.run import RunRecord

State = Literal["done", "running", "failed", "stopped", "diverged", "damaged", "to do"]


@dataclass(slots=True)
class Seen:
    """Hold one job as it stands: its training, the state of each entry by benchmark, tries and their cost.

    `entries` has a state for each view of each benchmark; `spent_s` counts every attempt, `lost_s` those that failed or
    were stopped; `why` is the last reason of a failure that nothing has mended since.
    """

    job: Job
    training: State
    progress: str
    entries: dict[str, list[State]]
    spent_s: float = 0.0
    lost_s: float = 0.0
    why: str = ""

    @property
    def done(self) -> int:
        """Return how many entries are scored."""
        return sum(states.count("done") for states in self.entries.values())

    @property
    def total(self) -> int:
        """Return how many entries there are."""
        return sum(map(len, self.entries.values()))

    @property
    def left(self) -> int:
        """Return how many entries are still to come; a training that diverged has none."""
        return 0 if self.training == "diverged" else self.total - self.done


@dataclass(slots=True)
class Survey:
    """Hold a grid as it stands."""

    seen: list[Seen] = field(default_factory=list)
    torn: tuple[str, ...] = ()
    left_s: float | None = None


def look(local: Local, jobs: Sequence[Job], benchmarks: Sequence[Benchmark], slots: int) -> Survey:
    """Look at every job of a grid; `slots` is how many are worked on at once.

    Raises:
        InvalidEvidence: the ledger cannot be read, or a newer version wrote it.
    """
    named = {job: _steps(local, job, benchmarks) for job in jobs}
    wanted = {step.digest for trained, answers in named.values() for step in (trained, *answers.values())}
    ledger = attempts.read(local.store.folder / attempts.NAME, wanted)
    tried = ledger.by_step()
    survey, pace = Survey(torn=ledger.torn), Pace(slots)
    for job, (trained, answers) in named.items():
        seen = _seen(local, job, benchmarks, trained, answers, tried, pace)
        survey.seen.append(seen)
    open_ = [len(one.job.training.trained) for one in survey.seen if one.training not in ("done", "diverged")]
    survey.left_s = pace.left_s(open_, sum(one.left for one in survey.seen))
    return survey


Answers = dict[tuple[str, int], Step]
"""The steps of a job's entries by benchmark and number of the view; empty before the training is done."""


def _steps(local: Local, job: Job, benchmarks: Sequence[Benchmark]) -> tuple[Step, Answers]:
    trained = steps.train(job.training)
    record = _record(local.store, trained.digest)
    if not isinstance(record, RunRecord) or DIVERGED in record.outputs:
        return trained, {}
    weights, study = checkpoints.weights_of(record), local.study
    return trained, {
        (one.name, number): local.predict_step(weights, study.entry(job.training, view.kept, one.name, view.mask), one)
        for one in benchmarks
        for number, view in enumerate(job.views)
    }


def _seen(
    local: Local,
    job: Job,
    benchmarks: Sequence[Benchmark],
    trained: Step,
    answers: Answers,
    tried: dict[str, list[Attempt]],
    pace: Pace,
) -> Seen:
    store, study = local.store, local.study
    state, record = _state(store, trained, tried)
    if record is not None and DIVERGED in record.outputs:
        state = "diverged"
    seen = Seen(job, state, heartbeat.read(store.work_of(trained.digest)) if state == "running" else "", {})
    if isinstance(record, RunRecord):
        pace.train(len(job.training.trained), (record.ended - record.started).total_seconds())
    for one in benchmarks:
        seen.entries[one.name] = ["to do"] * len(job.views)
        for number, view in enumerate(job.views):
            if (one.name, number) not in answers:
                continue
            step = answers[one.name, number]
            here, answered = _state(store, step, tried)
            if isinstance(answered, RunRecord):
                entry = study.entry(job.training, view.kept, one.name, view.mask)
                scored = steps.score(entry, answered.outputs[PREDICTIONS].sha256, one, study.protocol)
                here, _ = _state(store, scored, tried)
                pace.answer(1, sum(line.seconds for line in tried.get(step.digest, ()) if line.outcome == "done"))
            seen.entries[one.name][number] = here
    lines = [line for step in (trained, *answers.values()) for line in tried.get(step.digest, ())]
    seen.spent_s = sum(line.seconds for line in lines)
    seen.lost_s = sum(line.seconds for line in lines if line.outcome in ("failed", "stopped"))
    unmended = [line for line in lines if line.outcome == "failed" and _last(tried[line.step]) is line]
    seen.why = max(unmended, key=lambda line: line.at).why if unmended else ""
    return seen


def _state(store: Store, step: Step, tried: dict[str, list[Attempt]]) -> tuple[State, RunRecord | None]:
    record = _record(store, step.digest)
    if isinstance(record, RunRecord):
        return "done", record
    if record == "damaged":
        return "damaged", None
    if store.held(step.digest):
        return "running", None
    last = _last(tried.get(step.digest, []))
    if last is None:
        return "to do", None
    # A process that died without a word left a line that it started, and no lock.
    return ("failed" if last.outcome == "failed" else "stopped"), None


def _record(store: Store, digest: str) -> RunRecord | Literal["damaged"] | None:
    try:
        return store.record(digest)
    except InvalidEvidence:
        return "damaged"


def _last(lines: Sequence[Attempt]) -> Attempt | None:
    return lines[-1] if lines else None
