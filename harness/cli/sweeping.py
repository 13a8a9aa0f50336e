"""Do what the verbs of the grid ask: sweep it, and accept what a sweep came to."""

from collections.abc import Sequence
from dataclasses import asdict

from benchmarks.table import select
from harness.cli.screen import answer, columns
from harness.cli.work import workplace
from harness.errors import HarnessError, UsageError
from harness.run import accepting, chains, cluster
from harness.run.jobs import lay_out
from harness.run.prepare import check_parts
from harness.run.reproduce import Workplace
from harness.run.sweep import Sweep, Swept
from harness.schema.subset import Subset


def grid(names: Sequence[str]) -> tuple[str, str]:
    """Return the words for subsets and benchmarks, all of both where none are given.

    Raises:
        UsageError: there are more than two.
    """
    if len(names) > 2:
        raise UsageError(f"a grid is SUBSETS BENCHMARKS, then key=value overrides; came {' '.join(names)}")
    subsets, benchmarks = (*names, *("lattice", "all")[len(names) :])
    return subsets, benchmarks


def sweep(subsets: str, benchmarks: str, overrides: Sequence[str], keep: str, as_json: bool) -> int:
    """Run the grid; 0 when every entry is scored."""
    with workplace(overrides) as place:
        if place.study.machine.cluster is not None:
            return _submitted(place, subsets, benchmarks, overrides, keep, as_json)
        swept = _swept(place, subsets, benchmarks, keep)
    rows = [
        (job.title, str(len(done)), f"{sum(one.score.value for one in done) / len(done):.2f}")
        for job, done in swept.done.items()
    ]
    missing = [("diverged", swept.diverged), ("failed", swept.failed)]
    reasons = "".join(f"\n{word}: {job.title}: {why}" for word, jobs in missing for job, why in jobs.items())
    plain = {
        "scores": [one.score.plain() for done in swept.done.values() for one in done],
        **{word: {job.title: why for job, why in jobs.items()} for word, jobs in missing},
    }
    caption = f"mean: over the job's entries, masked ones among them.{reasons}"
    answer(plain, columns("Sweep", ("job", ">entries", ">mean"), rows, caption), as_json)
    return HarnessError.exit_code if swept.failed else 0


def accept(
    subsets: str, benchmarks: str, overrides: Sequence[str], keep: str, reason: str, weights: bool, replace: bool
) -> int:
    """Accept everything that a sweep asks, running what is not done yet.

    Raises:
        HarnessError: a job failed, so the table would have holes; nothing is accepted.
    """
    with workplace(overrides) as place:
        swept = _swept(place, subsets, benchmarks, keep)
        if swept.failed:
            job, why = next(iter(swept.failed.items()))
            raise HarnessError(
                f"{len(swept.failed)} jobs failed, so nothing was accepted. The first, {job.title}: {why}"
            )
        for why in swept.diverged.values():
            place.story.say(f"not in the table: {why}")
        found = [one for done in swept.done.values() for one in done]
        accepting.accept_evaluated(place, found, reason, weights, replace)
        place.story.say(f"accepted {len(found):,} entries of {len(swept.done):,} trainings")
    return 0


def _submitted(
    place: Workplace, subsets: str, benchmarks: str, overrides: Sequence[str], keep: str, as_json: bool
) -> int:
    """Hand what is missing to the cluster and come back at once; harness status shows how far it is."""
    study = place.study
    if study.machine.cluster is None:
        raise UsageError("machine has no cluster to submit to: machine=slurm has one")
    check_parts(study)
    jobs = lay_out(study, Subset.select(subsets, study.recipe.pool), keep)
    laid = chains.lay(place.local, jobs, select(benchmarks), overrides, keep)
    folder = place.store.folder / "cluster"
    counted = cluster.submit(study.machine.cluster, study.machine.devices, folder, laid.chains)
    said = f"submitted {counted.trainings:,} trainings and {counted.following:,} benchmarks of answers; harness status"
    said += "".join(f"\nqueued or running already: {name}" for name in counted.alive)
    said += "".join(f"\nheld by Slurm: {job}" for job in counted.held)
    said += "".join(f"\ngiven up: {title}: {why}" for title, why in laid.given_up.items())
    answer({**asdict(counted), "given_up": laid.given_up}, said, as_json)
    return HarnessError.exit_code if laid.given_up else 0


def _swept(place: Workplace, subsets: str, benchmarks: str, keep: str) -> Swept:
    trained = Subset.select(subsets, place.study.recipe.pool)
    return Sweep(place, lay_out(place.study, trained, keep), select(benchmarks)).run()
