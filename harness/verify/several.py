"""Compare what two files of marks cannot: several seeds a side (R4), a declared slice (R5), a claim over models (R6).

- *Seeds*: a new seed redraws a training, so its answers are not paired with the stored ones; what is compared are the
  scores of the runs, by how far runs lie apart (`replicates`).
- *A slice*: ids that were fixed before the run. The stored side may hold more, the re-run holds exactly these; the
  verdict speaks of the slice alone.
- *A claim*: model A is ahead of model B by so much (a Necessity is one: everything against everything but one encoder).
  Both models' flips on one image may come together, so the change of A - B is split by image, jointly. Only a named
  contrast can be run again: "the best of ten" is larger than any one of them by luck, and its fall is no fault.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import fsum, sqrt
from pathlib import Path

import numpy as np

from harness.errors import InvalidEvidence
from harness.schema.verdict import EXIT_CODES, Interval, Outcome, worst
from harness.verify import mark_files
from harness.verify.compare import judge, judge_runs
from harness.verify.mark_files import MarkFile
from harness.verify.moved import of_marks
from harness.verify.open_door import (
    CONFIDENCE,
    Claim,
    Comparison,
    Runs,
    Tested,
    align,
    described,
    judged,
    refused,
)
from harness.verify.paired import measure
from harness.verify.replicates import Spread, replicated

MODELS = 2
WITHOUT: dict[str, Outcome] = {"not shown": "INCONCLUSIVE", "reversed": "MISMATCH"}


def seeds(
    stored: Sequence[Path], rerun: Sequence[Path], margin: float, spread: Spread | None = None, cluster: str = ""
) -> Comparison:
    """Judge new runs against stored ones, one file a run; `spread` is calibrated, where the runs do not tell their own.

    Never raises for what a file holds.
    """
    try:
        sides = [[mark_files.read(path, cluster) for path in paths] for paths in (stored, rerun)]
        for one in (*sides[0][1:], *sides[1]):
            align(sides[0][0], one)
        old, new = ([100 * fsum(one.marks.values()) / len(one.marks) for one in side] for side in sides)
        found = replicated(old, new, CONFIDENCE, spread)
    except InvalidEvidence as error:
        return refused(error, margin)
    judgement = judge_runs(found, margin)
    return Comparison(
        verdict=judgement.outcome,
        exit_code=EXIT_CODES[judgement.outcome],
        why=judgement.why,
        margin=margin,
        setting="R4",
        stored=float(np.mean(old)),
        rerun=float(np.mean(new)),
        difference=found.difference,
        interval=found.interval,
        test=Tested(name=found.test, p=found.p_value),
        runs=Runs(stored=tuple(old), rerun=tuple(new), spread=found.spread),
        n=len(sides[0][0].marks),
        needed=judgement.needed,
    )


def slice_of(stored: Path, rerun: Path, ids: Path, margin: float, cluster: str = "") -> Comparison:
    """Judge a re-run of the samples that `ids` names, one a line, against the stored marks of the same samples.

    Never raises for what a file holds.
    """
    try:
        whole, wanted = mark_files.read(stored, cluster), mark_files.read_ids(ids)
        absent = [one for one in wanted if one not in whole.marks]
        if absent:
            raise InvalidEvidence(f"{ids}: {len(absent):,} of {len(wanted):,} samples are not stored: {absent[0]!r}")
        part = MarkFile(
            {one: whole.marks[one] for one in wanted},
            {one: whole.clusters[one] for one in wanted} if whole.clusters else {},
        )
        found = judged(align(part, mark_files.read(rerun, cluster)), margin)
    except InvalidEvidence as error:
        return refused(error, margin)
    told = f"on the slice of {len(wanted):,} of {len(whole.marks):,} samples that {ids.name} names, and on no other: "
    return found.model_copy(update={"setting": "R5", "why": told + found.why})


def claim(stored: Sequence[Path], rerun: Sequence[Path], margin: float, cluster: str = "") -> Comparison:
    """Judge the lead of the first of two models over the second, run again; never raises for what a file holds.

    The verdict is over the change of the lead, and MATCH only where the claim is kept. It is `kept` when the re-run's
    lead shows the stored sign beyond the noise of one run, `reversed` when it shows the other, else `not shown`: the
    change of a lead has the noise of two runs, so one run's interval is 1 / sqrt(2) as wide.
    """
    try:
        if (len(stored), len(rerun)) != (MODELS, MODELS):
            raise InvalidEvidence(
                f"a claim sets two models against each other, each run again: two stored files and two of the re-run; "
                f"came {len(stored)} and {len(rerun)}"
            )
        pairs = [
            align(*(mark_files.read(path, cluster) for path in paths)) for paths in zip(stored, rerun, strict=True)
        ]
        if pairs[0].ids != pairs[1].ids or not np.array_equal(pairs[0].clusters, pairs[1].clusters):
            raise InvalidEvidence("the two models answered other samples, or group them otherwise: nothing is paired")
    except InvalidEvidence as error:
        return refused(error, margin)
    first, second = pairs
    before, after = first.stored - second.stored, first.rerun - second.rerun
    moved = of_marks(before, after, first.clusters)
    found = measure(moved, CONFIDENCE)
    # Two pseudo-answers of each model: their squares add up.
    wide = measure(
        replace(moved, answer_points=sqrt(2) * moved.answer_points, cluster_points=sqrt(2) * moved.cluster_points),
        CONFIDENCE,
    )
    found = replace(wide, p_value=found.p_value, test=found.test)
    judgement = judge(found, margin)
    lead, again = 100 * float(before.mean()), 100 * float(after.mean())
    half = (found.interval.high - found.interval.low) / 2 / sqrt(2)
    shown = Interval(low=again - half, high=again + half, confidence=CONFIDENCE)
    kept = "not shown" if not lead or shown.low <= 0 <= shown.high else "kept" if lead * again > 0 else "reversed"
    # A small change of a small lead is no reproduction of a claim that the re-run does not show.
    spoken = worst([judgement.outcome, WITHOUT[kept]]) if kept in WITHOUT else judgement.outcome
    return described(judgement, found, moved, margin).model_copy(
        update={
            "verdict": spoken,
            "exit_code": EXIT_CODES[spoken],
            "setting": "R6",
            "stored": lead,
            "rerun": again,
            "claim": Claim(word=kept, stored=lead, rerun=again, interval=shown),
            "why": f"the claim is {kept}: a lead of {lead:+.2f} was stored, the re-run has {again:+.2f} between "
            f"{shown.low:+.2f} and {shown.high:+.2f}; its change: {judgement.why}",
        }
    )
