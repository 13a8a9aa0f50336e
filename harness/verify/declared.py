"""Judge a slice that was declared before the run: the canaries' questions, answered again with the stored weights.

A slice is a gate, not a verdict over the table. No answer may flip, and no log-probability may move by more than
rounding. Which questions it holds nobody picks: those with the smallest SHA-256 (`schema.canary`), whose ids are stored
beside the answers.

| flipped | canaries | outcome |
|---|---|---|
| none | the same, or moved by rounding | MATCH |
| none | strayed, on another platform | DRIFT |
| some, each a near tie | the same, or moved by rounding | DRIFT |
| any by more than rounding | any | MISMATCH |
| any | strayed, on the same platform | INVALID |
"""

from collections.abc import Sequence

from harness.errors import InvalidEvidence
from harness.schema.prediction import Prediction
from harness.schema.verdict import Outcome, Verdict
from harness.verify import canaries, gates
from harness.verify.evidence import Answers, Stored
from harness.verify.fingerprints import demand_leads, demand_spelled
from harness.verify.near_ties import Flips, classify_all
from harness.verify.settings import platform_differences, setting
from harness.verify.verify import printable


def ids_of(stored: Stored) -> tuple[str, ...]:
    """Return the ids of an entry's slice, in the order of its canaries.

    Raises:
        InvalidEvidence: the stored run kept no canaries, so no slice was declared.
    """
    kept = stored.answers.canaries
    if kept is None:
        raise InvalidEvidence(f"{stored.score.entry.slug}: no canaries are stored, so no slice is declared")
    return tuple(one.sample_id for one in kept.rows)


def judge_slice(stored: Stored, rerun: Answers, policy: str) -> Verdict:
    """Hold the answers to an entry's slice against the stored ones; evidence that a gate refuses ends in INVALID."""
    try:
        return _judged(stored, rerun, policy)
    except InvalidEvidence as error:
        entry = stored.score.entry
        return Verdict(entry=entry, regime="repredict", outcome="INVALID", why=printable(str(error)), policy=policy)


def _judged(stored: Stored, rerun: Answers, policy: str) -> Verdict:
    wanted, slug = ids_of(stored), stored.score.entry.slug
    before, after = _in_order(wanted, stored.answers.predictions), _in_order(wanted, rerun.predictions)
    if len(rerun.predictions) != len(wanted) or len(after) != len(wanted):
        raise InvalidEvidence(f"{slug}: the slice holds {len(wanted)} questions; answers to others, or to fewer, came")
    for one in (stored.answers, rerun):
        gates.possible_platform(one.fingerprint)
    if rerun.header.weights != stored.answers.header.weights:
        raise InvalidEvidence.digest(
            f"{slug}: the weights", stored.answers.header.weights, rerun.header.weights, "A slice takes stored weights."
        )
    demand_spelled(after)
    demand_leads(before, after)
    if rerun.canaries is not None:
        canaries.demand_whole(rerun.canaries, rerun.header, rerun.predictions)
    differences = platform_differences(stored.answers.fingerprint, rerun.fingerprint)
    redrawn = setting("repredict", stored.answers.fingerprint, rerun.fingerprint)
    dtype = stored.answers.header.decoding.dtype
    heard = canaries.compare(stored.answers.canaries, rerun.canaries, dtype, redrawn)
    flips = classify_all(before, after, dtype)
    flipped = flips.near + flips.far + flips.unknown
    told = f"on the slice of {len(wanted)} of {stored.score.n:,} questions that was declared: {_counted(flips)}"
    return Verdict(
        entry=stored.score.entry,
        regime="repredict",
        outcome=_outcome(flips, heard.strayed),
        why=f"{told}; {heard.said}",
        policy=policy,
        stored=stored.score,
        identical=len(wanted) - flipped,
        setting=redrawn,
        notes=differences,
    )


def _outcome(flips: Flips, strayed: bool) -> Outcome:
    if flips.far or flips.unknown:
        return "MISMATCH"
    return "DRIFT" if flips.near or strayed else "MATCH"


def _counted(flips: Flips) -> str:
    if not flips.near + flips.far + flips.unknown:
        return "no answer flipped"
    return f"{flips.near} flipped at a near tie, {flips.far + flips.unknown} by more than rounding explains"


def _in_order(wanted: Sequence[str], rows: Sequence[Prediction]) -> list[Prediction]:
    found = {row.sample_id: row for row in rows}
    return [found[name] for name in wanted if name in found]
