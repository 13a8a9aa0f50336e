"""Do what `harness verify --seeds` asks: train with new seeds, and speak the verdict over all seeds of each entry."""

from collections.abc import Sequence

from benchmarks.table import find, select
from harness.cli import judging
from harness.cli.handing import Reports
from harness.cli.screen import Screen
from harness.config.compose import compose
from harness.config.places import REFERENCE, resolve
from harness.errors import UsageError
from harness.record.reference import Reference
from harness.run.mirroring import mirror
from harness.run.replicate import replicate
from harness.run.reproduce import Workplace
from harness.schema.subset import Subset
from harness.schema.view import View
from harness.verify.verify import Examined


def verify(subset: str, benchmarks: str, overrides: Sequence[str], seeds: str, reports: Reports, as_json: bool) -> int:
    """Verify the accepted entries of some subsets and benchmarks by trainings with new seeds.

    Raises:
        UsageError: the seeds are no different whole numbers, or the reference holds no such entry.
    """
    numbers = read(seeds)
    study = compose(overrides)
    with Screen() as screen:
        folder = resolve(study.store.folder)
        places = [Workplace(study.model_copy(update={"seed": seed}), folder, screen) for seed in numbers]
        wanted, names = set(Subset.select(subset, study.recipe.pool)), {one.name for one in select(benchmarks)}
        groups: dict[tuple[Subset, View], set[str]] = {}
        for one in (score.entry for score in Reference.load(REFERENCE).scores.values()):
            if one.trained in wanted and one.benchmark in names and one.recipe == study.recipe_name:
                groups.setdefault((one.trained, View(one.kept, one.mask)), set()).add(one.benchmark)
        if not groups:
            raise UsageError(f"the reference holds no entry of {subset} on {benchmarks} under this recipe")
        found = []
        for (trained, view), asked in groups.items():
            found += replicate(places, trained, view, [find(name) for name in sorted(asked)])
        mirror(study, places[0].store, screen)
    return judging.spoken([Examined(one) for one in found], "retrain", reports, as_json)


def read(seeds: str) -> tuple[int, ...]:
    """Read seeds with commas between.

    Raises:
        UsageError: one is no whole number from 0 on, or stands twice.
    """
    words = [word.strip() for word in seeds.split(",")]
    if not all(word.isascii() and word.isdigit() for word in words) or len({int(word) for word in words}) != len(words):
        raise UsageError(f"--seeds takes different whole numbers with commas between: 3,4,5; came {seeds!r}")
    return tuple(int(word) for word in words)
