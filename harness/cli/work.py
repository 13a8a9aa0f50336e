"""Do what the working verbs ask: open the study's workplace, tell the story, print the answer, return the exit code."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby

from benchmarks.card import Benchmark
from benchmarks.table import find, select
from harness.cli import judging, tables
from harness.cli.handing import Reports
from harness.cli.screen import Screen, answer
from harness.config.compose import compose
from harness.config.places import resolve
from harness.errors import UsageError
from harness.record import checkpoints
from harness.run import accepting, parts
from harness.run.mirroring import mirror
from harness.run.prepare import check_parts
from harness.run.reproduce import Workplace
from harness.schema import view
from harness.schema.entry import Entry
from harness.schema.subset import Subset
from harness.schema.verdict import Regime
from harness.schema.view import Mask, View

Asked = list[tuple[Entry, Benchmark]]


@contextmanager
def workplace(overrides: Sequence[str]) -> Iterator[Workplace]:
    """Open the workplace of a study; what was finished in it is shown to the tracker at the end."""
    study = compose(overrides)
    with Screen() as screen:
        place = Workplace(study, resolve(study.store.folder), screen)
        try:
            yield place
        finally:
            # Whoever stops a command does not want to wait for the tracker: the next command sends what waits.
            if not isinstance(sys.exception(), KeyboardInterrupt):
                mirror(study, place.store, screen)


def _subsets(place: Workplace, words: str) -> tuple[Subset, ...]:
    return Subset.select(words, place.study.recipe.pool)


def _asked(place: Workplace, trained: Subset, keep: str, mask: Mask, benchmarks: str) -> Asked:
    views = view.select(keep, mask, trained, place.study.recipe.pool)
    return place.views(trained, views, select(benchmarks))


def reproduce(
    subset: str,
    benchmarks: str,
    overrides: Sequence[str],
    rung: Regime,
    keep: str,
    mask: Mask,
    reports: Reports,
    as_json: bool,
) -> int:
    """Reproduce entries on a rung; the worst verdict is the exit code."""
    with workplace(overrides) as place:
        found = [
            one
            for trained in _subsets(place, subset)
            for one in place.reproduce(_asked(place, trained, keep, mask, benchmarks), rung)
        ]
    return judging.spoken(found, rung, reports, as_json)


def verify(
    subset: str,
    benchmarks: str,
    overrides: Sequence[str],
    rung: Regime,
    reports: Reports,
    as_json: bool,
    changes: bool,
) -> int:
    """Verify the accepted entries of some subsets and benchmarks on a rung; `changes` lists what a re-run changed.

    All seeds that are stored, unless the overrides name one.
    """
    found = []
    with reports.of_refusals(), workplace(overrides) as place:
        marked_again: Asked = []
        for seed, mine in _stored(place, subset, benchmarks, overrides).items():
            there = place.at(seed)
            for (trained, kept, mask), group in groupby(mine, key=lambda one: (one.trained, one.kept, one.mask)):
                asked = there.views(trained, [View(kept, mask)], [find(one.benchmark) for one in group])
                if rung == "rescore":
                    marked_again += asked
                else:
                    found += there.reproduce(asked, rung)
        if marked_again:
            found = place.reproduce(marked_again, rung)
    return judging.spoken(found, rung, reports, as_json, changes)


def _stored(place: Workplace, subset: str, benchmarks: str, overrides: Sequence[str]) -> dict[int, list[Entry]]:
    """List the accepted entries of a study by seed.

    Raises:
        UsageError: there is none.
    """
    study = place.study
    wanted, names = set(_subsets(place, subset)), {one.name for one in select(benchmarks)}
    named = any(word.startswith("seed=") for word in overrides)
    found: dict[int, list[Entry]] = defaultdict(list)
    for score in place.reference.scores.values():
        one = score.entry
        asked = one.recipe == study.recipe_name and one.trained in wanted and one.benchmark in names
        if asked and (one.seed == study.seed or not named):
            found[one.seed].append(one)
    if not found:
        raise UsageError(f"the reference holds no entry of {subset} on {benchmarks} under this recipe and seed")
    return dict(sorted(found.items()))


def train(subset: str, overrides: Sequence[str], as_json: bool) -> int:
    """Train subsets one after the other."""
    with workplace(overrides) as place:
        records = [place.train(trained) for trained in _subsets(place, subset)]
    lines = [
        f"{record.title}: weights {checkpoints.weights_of(record)}, step {record.step}{_passes(record.metrics)}"
        for record in records
    ]
    answer([record.plain() for record in records], "\n".join(lines), as_json)
    return 0


def _passes(metrics: Mapping[str, float]) -> str:
    """Say what a training was spared of its frozen encoders' passes, where trainings share them."""
    names = [f"frozen_encoder_pictures/{way}" for way in ("encoded", "recalled")]
    if not all(name in metrics for name in names):
        return ""
    encoded, recalled = (metrics[name] for name in names)
    return f"; frozen encoders encoded {encoded:,.0f} pictures and were spared {recalled:,.0f}"


def evaluate(subset: str, benchmarks: str, overrides: Sequence[str], keep: str, mask: Mask, as_json: bool) -> int:
    """Answer and score benchmarks with subsets that are trained; all views of one model in one process."""
    with workplace(overrides) as place:
        found = []
        for trained in _subsets(place, subset):
            record = place.trained(trained)
            found += [one.score for one in place.evaluate(_asked(place, trained, keep, mask, benchmarks), record)]
    answer([score.plain() for score in found], tables.scores(found), as_json)
    return 0


def accept(
    subset: str,
    benchmarks: str,
    overrides: Sequence[str],
    keep: str,
    mask: Mask,
    reason: str,
    with_weights: bool,
    replace: bool,
) -> int:
    """Accept entries of subsets into the reference."""
    with workplace(overrides) as place:
        for trained in _subsets(place, subset):
            asked = _asked(place, trained, keep, mask, benchmarks)
            accepting.accept_entries(place, asked, reason, with_weights, replace)
            place.story.say(f"accepted {len(asked)} entries of {trained}")
    return 0


def prepare(overrides: Sequence[str], pretrain: str, as_json: bool) -> int:
    """Draw and check; or make shared parts again."""
    with workplace(overrides) as place:
        if pretrain:
            parts.remake(place.study, pretrain, place.store, place.story)
            return 0
        check_parts(place.study)
        place.story.say("weights: as pinned; the miniature's own parts have passed their gates")
        found = {name: str(getattr(place.supplies, name)) for name in ("data", "mirror")}
    if as_json:
        answer(found, "", as_json)
    return 0
