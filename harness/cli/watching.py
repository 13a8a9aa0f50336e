"""Show a grid as it stands, once or again and again: states, progress, time left, cost so far."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from benchmarks.card import Benchmark
from benchmarks.table import select
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.record.store import Store
from harness.run import slots
from harness.run.jobs import Job, lay_out
from harness.run.local import Local
from harness.run.pace import spoken
from harness.run.prepare import Supplies
from harness.run.survey import Seen, Survey, look
from harness.schema.subset import Subset

EVERY_S = 5.0
SIGNS = {
    "done": "#",
    "running": ">",
    "failed": "!",
    "stopped": "~",
    "diverged": "x",
    "damaged": "?",
    "to do": ".",
    "": " ",
}
LEGEND = "  ".join(f"{sign} {state}" for state, sign in SIGNS.items() if state)


def status(subsets: str, benchmarks: str, overrides: Sequence[str], keep: str, watch: bool, as_json: bool) -> int:
    """Print the grid's state; with `watch`, until everything is done or Ctrl-C."""
    study = compose(overrides)
    store, asked = Store(resolve(study.store.folder)), select(benchmarks)
    jobs = lay_out(study, Subset.select(subsets, study.recipe.pool), keep)
    at_once = slots.count(study.machine, study.sweep.slots)
    with Screen() as screen:
        local = Local(study, store, Supplies(study, store.folder, screen), screen)
        survey = look(local, jobs, asked, at_once)
    if watch:
        survey = _watched(local, jobs, asked, at_once, survey)
    answer(_plain(survey), _table(survey, asked), as_json)
    return 0


def _watched(local: Local, jobs: Sequence[Job], asked: Sequence[Benchmark], at_once: int, survey: Survey) -> Survey:
    with Live(_table(survey, asked), console=Console(stderr=True), auto_refresh=False) as live:
        while any(one.left for one in survey.seen):
            time.sleep(EVERY_S)
            survey = look(local, jobs, asked, at_once)
            live.update(_table(survey, asked), refresh=True)
    return survey


def _table(survey: Survey, benchmarks: Sequence[Benchmark]) -> Group:
    rows = [
        (
            one.job.title,
            one.training,
            "".join(SIGNS[_worst(one.entries[card.name])] for card in benchmarks),
            f"{one.done:,} of {one.total:,}",
            f"{one.spent_s / 60:,.1f}",
            one.progress or one.why.splitlines()[0] if one.progress or one.why else "",
        )
        for one in survey.seen
    ]
    done, total = (sum(getattr(one, name) for one in survey.seen) for name in ("done", "total"))
    spent, lost = (sum(getattr(one, name) for one in survey.seen) for name in ("spent_s", "lost_s"))
    notes = [
        f"{done:,} of {total:,} entries done; {spoken(survey.left_s)} left at this pace",
        f"spent: {spent / 3600:.2f} h of one slot, {lost / 3600:.2f} h of it in tries that failed or were stopped",
        f"each sign is a benchmark, in the order of harness list benchmarks: {LEGEND}",
        *(f"torn by a crash, left out: {line}" for line in survey.torn),
    ]
    names = ("job", "training", "benchmarks", ">entries", ">minutes", "now, or why")
    grid: Table = columns("Grid", names, rows)
    return Group(grid, *notes)


def _worst(states: Sequence[str]) -> str:
    """Return the state that says most of several views."""
    return next((state for state in ("damaged", "failed", "running", "stopped") if state in states), _less_done(states))


def _less_done(states: Sequence[str]) -> str:
    return "done" if states and set(states) == {"done"} else "to do"


def _plain(survey: Survey) -> dict[str, Any]:
    return {
        "jobs": [_plain_job(one) for one in survey.seen],
        "done": sum(one.done for one in survey.seen),
        "total": sum(one.total for one in survey.seen),
        "spent_s": sum(one.spent_s for one in survey.seen),
        "lost_s": sum(one.lost_s for one in survey.seen),
        "left_s": survey.left_s,
        "torn": list(survey.torn),
    }


def _plain_job(one: Seen) -> dict[str, Any]:
    return {
        "trained": one.job.training.trained.slug,
        "seed": one.job.training.seed,
        "training": one.training,
        "progress": one.progress,
        "entries": {name: dict(Counter(states)) for name, states in one.entries.items()},
        "spent_s": one.spent_s,
        "lost_s": one.lost_s,
        "why": one.why,
    }
