"""Compare two files of per-sample marks, whichever harness made them: the verifier's statistics alone.

Nothing is known here about prompts, weights or answers, so no gate but completeness stands before the statistics, and
equal marks are judged by their number: 64 equal marks do not show that two runs are equivalent within a point.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.errors import InvalidEvidence
from harness.schema.frozen import Frozen
from harness.schema.verdict import EXIT_CODES, Interval, Outcome
from harness.verify import mark_files
from harness.verify.compare import judge
from harness.verify.mark_files import MarkFile
from harness.verify.moved import Moved, of_marks
from harness.verify.paired import measure

CONFIDENCE = 0.90
NAMED = 3


class Tested(Frozen):
    """Name a test of no difference, with its two-sided p-value."""

    name: str
    p: float


class Flips(Frozen):
    """Count the samples whose mark rose and fell."""

    gained: int
    lost: int


class Change(Frozen):
    """Show one sample whose mark changed."""

    id: str
    stored: float
    rerun: float


class Comparison(Frozen):
    """Hold the verdict over two files of marks, in plain words; points are 100 times a mark.

    `difference` is re-run minus stored; `needed` the samples that would settle an INCONCLUSIVE verdict. INVALID
    carries no numbers.
    """

    verdict: Outcome
    exit_code: int
    why: str
    margin: float
    stored: float | None = None
    rerun: float | None = None
    difference: float | None = None
    interval: Interval | None = None
    test: Tested | None = None
    flips: Flips | None = None
    n: int | None = None
    clusters: int | None = None
    needed: int | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Aligned:
    """Hold two runs' marks of the same samples in one order, with each sample's cluster as a number."""

    ids: tuple[str, ...]
    stored: np.ndarray
    rerun: np.ndarray
    clusters: np.ndarray


def compare(stored: Path, rerun: Path, margin: float, cluster: str = "") -> Comparison:
    """Judge a re-run's marks against stored ones with a margin in points; never raises for what a file holds."""
    try:
        both = align(mark_files.read(stored, cluster), mark_files.read(rerun, cluster))
    except InvalidEvidence as error:
        return Comparison(verdict="INVALID", exit_code=EXIT_CODES["INVALID"], why=str(error), margin=margin)
    return judged(both, margin)


def align(stored: MarkFile, rerun: MarkFile) -> Aligned:
    """Bring two files into one order, sorted by id.

    Raises:
        InvalidEvidence: they hold different samples, or put one sample into different clusters.
    """
    for word, odd in (
        ("missing from the re-run", stored.marks.keys() - rerun.marks.keys()),
        ("not among the stored ones", rerun.marks.keys() - stored.marks.keys()),
    ):
        if odd:
            raise InvalidEvidence(
                f"{len(odd):,} samples are {word}: {', '.join(sorted(odd)[:NAMED])}. "
                f"Stored are {len(stored.marks):,}, the re-run has {len(rerun.marks):,}; a pair needs both"
            )
    ids = tuple(sorted(stored.marks))
    if stored.clusters and rerun.clusters:
        moved = [one for one in ids if stored.clusters[one] != rerun.clusters[one]]
        if moved:
            raise InvalidEvidence(f"{len(moved):,} samples stand in different clusters: {', '.join(moved[:NAMED])}")
    named = stored.clusters or rerun.clusters or {one: one for one in ids}
    numbers = {name: number for number, name in enumerate(sorted(set(named.values())))}
    return Aligned(
        ids=ids,
        stored=np.array([stored.marks[one] for one in ids]),
        rerun=np.array([rerun.marks[one] for one in ids]),
        clusters=np.array([numbers[named[one]] for one in ids], dtype=np.intp),
    )


def judged(both: Aligned, margin: float) -> Comparison:
    """Judge aligned marks."""
    moved = of_marks(both.stored, both.rerun, both.clusters)
    found = measure(moved, CONFIDENCE)
    judgement = judge(found, margin)
    places = np.flatnonzero(both.stored != both.rerun)
    return Comparison(
        verdict=judgement.outcome,
        exit_code=EXIT_CODES[judgement.outcome],
        why=judgement.why,
        margin=margin,
        stored=100 * float(both.stored.mean()),
        rerun=100 * float(both.rerun.mean()),
        difference=found.difference,
        interval=found.interval,
        test=Tested(name=_spoken(moved, found.test), p=found.p_value),
        flips=Flips(gained=found.gained, lost=found.lost),
        n=found.n,
        clusters=found.clusters,
        needed=judgement.needed,
        changes=tuple(
            Change(id=both.ids[place], stored=float(both.stored[place]), rerun=float(both.rerun[place]))
            for place in places
        ),
    )


def _spoken(moved: Moved, test: str) -> str:
    """Name the test by its best known name: on single 0/1 marks the exact sign-flip test is McNemar's."""
    alone = len(moved.sizes) == moved.n and moved.squares.sum() == moved.gained + moved.lost
    return "McNemar, exact mid-p" if alone and test == "sign flips, exact mid-p" else f"{test}, by cluster"
