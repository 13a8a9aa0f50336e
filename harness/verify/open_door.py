"""Compare two files of per-sample marks, whichever harness made them: the verifier's statistics alone.

Nothing is known here about prompts, weights or answers, so no gate but completeness stands before the statistics, and
equal marks are judged by their number: 64 equal marks do not show that two runs are equivalent within a point.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from harness.errors import InvalidEvidence
from harness.schema.frozen import Frozen
from harness.schema.verdict import EXIT_CODES, Interval, Outcome
from harness.verify import mark_files
from harness.verify.compare import Judgement, judge
from harness.verify.mark_files import MarkFile
from harness.verify.moved import Moved, of_marks
from harness.verify.paired import Paired, measure
from harness.verify.skewed import single_steps

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


class Runs(Frozen):
    """List the scores of the runs on each side, in points, and how far runs lie apart."""

    stored: tuple[float, ...]
    rerun: tuple[float, ...]
    spread: float


class Claim(Frozen):
    """Say whether a lead of one model over another was found again, with the interval of the re-run's lead."""

    word: Literal["kept", "reversed", "not shown"]
    stored: float
    rerun: float
    interval: Interval


class Comparison(Frozen):
    """Hold the verdict over files of marks, in plain words; points are 100 times a mark.

    `difference` is re-run minus stored; `needed` the samples, or with `runs` the runs a side, that would settle an
    INCONCLUSIVE verdict. `setting` names what was redrawn where more than answers were: R4 seeds, R5 a slice, R6 a
    claim. INVALID carries no numbers.
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
    setting: Literal["R4", "R5", "R6"] | None = None
    runs: Runs | None = None
    claim: Claim | None = None
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
        return refused(error, margin)
    return judged(both, margin)


def refused(error: InvalidEvidence, margin: float) -> Comparison:
    """Speak the verdict over files that are no evidence."""
    return Comparison(verdict="INVALID", exit_code=EXIT_CODES["INVALID"], why=str(error), margin=margin)


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
    places = np.flatnonzero(both.stored != both.rerun)
    return described(judge(found, margin), found, moved, margin).model_copy(
        update={
            "stored": 100 * float(both.stored.mean()),
            "rerun": 100 * float(both.rerun.mean()),
            "changes": tuple(
                Change(id=both.ids[place], stored=float(both.stored[place]), rerun=float(both.rerun[place]))
                for place in places
            ),
        }
    )


def described(judgement: Judgement, found: Paired, moved: Moved, margin: float) -> Comparison:
    """Put a judged difference of pairs into words."""
    return Comparison(
        verdict=judgement.outcome,
        exit_code=EXIT_CODES[judgement.outcome],
        why=judgement.why,
        margin=margin,
        difference=found.difference,
        interval=found.interval,
        test=Tested(name=_spoken(moved, found.test), p=found.p_value),
        flips=Flips(gained=found.gained, lost=found.lost),
        n=found.n,
        clusters=found.clusters,
        needed=judgement.needed,
    )


def _spoken(moved: Moved, test: str) -> str:
    """Name the test by its best known name: on single 0/1 marks the exact sign-flip test is McNemar's."""
    return (
        "McNemar, exact mid-p" if single_steps(moved) and test == "sign flips, exact mid-p" else f"{test}, by cluster"
    )
