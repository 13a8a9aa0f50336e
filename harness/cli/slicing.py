"""Do what `harness slice` asks: answer the declared questions again, speak one verdict, report to CI."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Group

from benchmarks.table import find, select
from harness.cli import tables
from harness.cli.handing import Reports
from harness.cli.screen import answer
from harness.cli.work import workplace
from harness.config.places import REFERENCE
from harness.errors import UsageError
from harness.record.reference import Reference
from harness.report.verdicts import Whole
from harness.run.slicing import sliced
from harness.schema.subset import Subset
from harness.schema.verdict import EXIT_CODES, worst
from harness.schema.view import View


def gate(subset: str, benchmarks: str, overrides: Sequence[str], report: str, as_json: bool) -> int:
    """Answer the slices of the stored entries of some models; the worst verdict is the exit code.

    Raises:
        UsageError: the reference holds none of them, or a report of an unknown kind was asked for.
    """
    reports = Reports.asked(report)
    with reports.of_refusals(), workplace(overrides) as place:
        wanted = Subset.select(subset, place.study.recipe.pool)
        names = {benchmark.name for benchmark in select(benchmarks)}
        mine = [
            score.entry
            for score in Reference.load(REFERENCE).scores.values()
            if score.entry.trained in wanted
            and score.entry.benchmark in names
            and (score.entry.recipe, score.entry.seed) == (place.study.recipe_name, place.study.seed)
        ]
        if not mine:
            raise UsageError(f"the reference holds no entry of {subset} on {benchmarks} under this recipe and seed")
        found = []
        for (trained, kept, mask), group in groupby(mine, key=lambda one: (one.trained, one.kept, one.mask)):
            asked = place.views(trained, [View(kept, mask)], [find(one.benchmark) for one in group])
            found += sliced(place, asked)
    outcome = worst(one.outcome for one in found)
    flipped = sum(one.outcome != "MATCH" for one in found)
    whole = Whole(outcome, f"{flipped} of {len(found)} slices differ" if flipped else f"all {len(found)} slices hold")
    reports.write(found, whole)
    plain = {
        "verdict": outcome,
        "exit_code": EXIT_CODES[outcome],
        "why": whole.why,
        "slices": [tables.plain_verdict(one) for one in found],
    }
    said = "\n".join(f"{one.entry.slug}: {one.outcome}: {one.why}" for one in found)
    answer(plain, Group(said, f"{outcome} (exit {EXIT_CODES[outcome]}): {whole.why}"), as_json)
    return EXIT_CODES[outcome]
