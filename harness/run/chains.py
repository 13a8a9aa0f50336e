"""Lay a sweep out as chains for a cluster: what is missing, as calls that a node can make by itself.

A node composes the study anew from the same overrides and looks every step up by its digest, so a task that runs twice,
or after somebody else has done its work, finds it done. A task tries again by itself what fails for no reason of its
own, since nobody of ours stays alive to do it. What has failed more often than the study allows is not submitted again;
its last reason is said instead.
"""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import NoReturn

from benchmarks.card import Benchmark
from benchmarks.table import find
from harness.config.compose import compose
from harness.config.places import resolve
from harness.record import attempts
from harness.run import steps
from harness.run.cluster import Chain
from harness.run.jobs import Job, lay_out
from harness.run.local import Local
from harness.run.reproduce import Workplace
from harness.run.story import Silence
from harness.run.survey import look
from harness.run.tries import tried
from harness.schema.subset import Subset


@dataclass(frozen=True, slots=True)
class Laid:
    """Hold the chains to submit, and the jobs that are given up with the reason of their last failure."""

    chains: tuple[Chain, ...]
    given_up: dict[str, str]


def lay(
    local: Local, jobs: Sequence[Job], benchmarks: Sequence[Benchmark], overrides: Sequence[str], keep: str
) -> Laid:
    """List the chains of what is not done; one call answers one benchmark for every view of its training."""
    words, chains, given_up = tuple(overrides), [], {}
    for one in look(local, jobs, benchmarks, 1).seen:
        job = one.job
        step = steps.train(job.training)
        missing = [name for name, states in one.entries.items() if set(states) != {"done"}]
        if one.training == "diverged" or not missing:
            continue
        if _failures(local, step.digest) > local.study.sweep.retries:
            given_up[job.title] = f"{one.why} (a higher sweep.retries tries it again)"
            continue
        name, seed = job.training.trained.slug, job.training.seed
        training = None if one.training == "done" else (train, (words, name, seed))
        following = tuple((answer, (words, name, seed, keep, benchmark)) for benchmark in missing)
        chains.append(Chain(f"{name}.s{seed}.{step.digest[:12]}", training, following))
    return Laid(tuple(chains), given_up)


def train(overrides: tuple[str, ...], trained: str, seed: int) -> None:
    """Do one training on a node, trying as often again as the failures before leave."""
    _heed()
    job, local = _job(overrides, trained, seed, "none")
    retries = local.study.sweep.retries - _failures(local, steps.train(job.training).digest)
    tried(partial(local.train, job.training), max(0, retries), local.story.say)


def answer(overrides: tuple[str, ...], trained: str, seed: int, keep: str, benchmark: str) -> None:
    """Answer and score one benchmark for every view of a training, on a node."""
    _heed()
    job, local = _job(overrides, trained, seed, keep)
    card = find(benchmark)
    asked = [(local.study.entry(job.training, view.kept, benchmark, view.mask), card) for view in job.views]
    checkpoint = local.checkpoint(local.train(job.training))

    def answered() -> None:
        for (entry, _), record in zip(asked, local.predict(checkpoint, asked), strict=True):
            local.score(record, entry, card)

    tried(answered, local.study.sweep.retries, local.story.say)


def _heed() -> None:
    """Stop where Slurm cancels the task: submitit passes SIGTERM over, and the killed child would look like a fault."""
    signal.signal(signal.SIGTERM, _stop)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _job(overrides: tuple[str, ...], trained: str, seed: int, keep: str) -> tuple[Job, Local]:
    study = compose(overrides)
    place = Workplace(study, resolve(study.store.folder), Silence())
    jobs = lay_out(study, [Subset.parse(trained, study.recipe.pool)], keep)
    job = next(one for one in jobs if one.training.seed == seed)
    return job, place.local.at(seed, place.story, place.local.check, None)


def _failures(local: Local, step: str) -> int:
    lines = attempts.read(local.store.folder / attempts.NAME, {step}).lines
    return sum(line.outcome == "failed" for line in lines)
