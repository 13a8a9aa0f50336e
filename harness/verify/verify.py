"""Judge one entry: stored evidence against a re-run, gate after gate, statistics last, failing closed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from benchmarks.card import Benchmark
from benchmarks.errors import BenchmarkError
from harness.errors import InvalidEvidence
from harness.schema.entry import Entry
from harness.schema.policy import Noise, Policy
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.score import Score
from harness.schema.verdict import Regime, Setting, Verdict
from harness.score.score import Scored, matched, score_in
from harness.verify import canaries, gates
from harness.verify.canaries import Heard
from harness.verify.changes import Change, changes
from harness.verify.compare import TOO_GOOD, Judgement, judge, judge_runs, same_answers, too_good, unexplained
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.fingerprints import Voice, demand_leads, demand_own_answers, demand_spelled, leads_moved, voice
from harness.verify.moved import Moved, in_points, of_pool
from harness.verify.near_ties import Flips, classify_all
from harness.verify.paired import measure
from harness.verify.policy import demand_older
from harness.verify.replicates import Replicated, Spread, replicated
from harness.verify.settings import platform_differences, setting

UNPRINTABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Examined:
    """Hold a verdict with what a whole table needs: what each cluster moved, why answers flipped, who was heard.

    `heard` is the header and the voice (`fingerprints.voice`) of the answers that were judged; `changed` lists the
    samples on which the two runs differ.
    """

    verdict: Verdict
    moved: Moved | None = None
    flips: Flips | None = None
    heard: tuple[PredictionHeader, Voice | None] | None = None
    changed: tuple[Change, ...] = ()


def verify(stored: Stored, rerun: Answers | None, questions: Questions, regime: Regime, policy: Policy) -> Verdict:
    """Judge one entry under a regime; evidence that any gate refuses ends in INVALID, never in an exception.

    `rescore` needs no re-run: the stored answers are marked again and must give the stored score bit for bit.
    """
    return examine(stored, rerun, questions, regime, policy).verdict


def examine(stored: Stored, rerun: Answers | None, questions: Questions, regime: Regime, policy: Policy) -> Examined:
    """Judge one entry as `verify` does, and keep what its clusters moved for the tests of a whole table."""
    try:
        return _judged(stored, rerun, questions, regime, policy)
    except (InvalidEvidence, BenchmarkError, ValidationError) as error:
        return Examined(invalid(stored.score.entry, regime, policy, error))


def invalid(entry: Entry, regime: Regime, policy: Policy, error: Exception) -> Verdict:
    """Speak the verdict over evidence that was refused, here or while it was read."""
    why = printable(str(error)) or type(error).__name__
    return Verdict(entry=entry, regime=regime, outcome="INVALID", why=why, policy=policy.digest)


def printable(text: str) -> str:
    """Return a text in which no sign moves the cursor of whoever reads it: messages quote strangers' files."""
    return "".join(sign if sign.isprintable() else UNPRINTABLE for sign in text)


def _judged(stored: Stored, rerun: Answers | None, questions: Questions, regime: Regime, policy: Policy) -> Examined:
    reference = _scored(stored.answers, questions)
    gates.recomputed(stored.score, reference.score)
    demand_spelled(stored.answers.predictions)
    if regime == "rescore":
        exact = Verdict(
            entry=stored.score.entry,
            regime=regime,
            outcome="MATCH",
            why=f"the {reference.score.n:,} stored answers give the stored score exactly",
            policy=policy.digest,
            stored=stored.score,
            # Equal to what was marked again, field by field: that is what was demanded.
            rerun=stored.score,
            difference=0.0,
            identical=reference.score.n,
            setting="R0",
        )
        return Examined(exact, heard=_heard(stored.answers))
    if rerun is None:
        raise InvalidEvidence(f"{stored.score.entry.slug}: no re-run answers came to be judged under '{regime}'")
    for one in (stored.answers, rerun):
        gates.possible_platform(one.fingerprint)
    demand_older(policy, rerun.started)
    again = _scored(rerun, questions)
    recorded = gates.same_experiment(stored.answers.header, rerun.header, regime)
    benchmark, before, after = questions.benchmark, *(_in_order(one, questions) for one in (stored.answers, rerun))
    identical = sum(one.text == other.text for one, other in zip(before, after, strict=True))
    dtype, same_weights = stored.answers.header.decoding.dtype, regime == "repredict"
    redrawn = setting(regime, stored.answers.fingerprint, rerun.fingerprint, recorded)
    heard, said = _fingerprints(stored.answers, rerun, before, after, redrawn)
    flips = replace(classify_all(before, after, dtype), strayed=said.strayed) if same_weights else None
    margin, noise = policy.margin(benchmark.name, regime).points, policy.of(regime).noise.get(benchmark.name)
    pool = in_points(benchmark.protocol(stored.answers.header.protocol).pool, benchmark.column.per_suite_point)
    moved = of_pool(questions.samples, reference.marks, again.marks, pool)
    found = measure(moved, policy.confidence)
    between = _between_runs(reference.score, again.score, noise, benchmark, policy) if regime == "retrain" else None
    judgement = same_answers(found.n) if identical == found.n else judge_runs(between, margin) if between else None
    judgement = judgement or judge(found, margin)
    judgement = _explained(judgement, flips, said)
    verdict = Verdict(
        entry=stored.score.entry,
        regime=regime,
        outcome=judgement.outcome,
        why=judgement.why + (f" (may differ, and does: {', '.join(recorded)})" if recorded else ""),
        policy=policy.digest,
        stored=stored.score,
        rerun=again.score,
        difference=found.difference,
        interval=(between or found).interval,
        allowed=margin,
        identical=identical,
        setting=redrawn,
        test=(between or found).test,
        p_value=(between or found).p_value,
        gained=found.gained,
        lost=found.lost,
        needed=judgement.needed,
        notes=(
            *_notes(rerun, regime, noise, identical, found.n),
            *platform_differences(stored.answers.fingerprint, rerun.fingerprint),
            said.said,
            *filter(None, [flips.told if flips else None, leads_moved(before, after, dtype) if same_weights else None]),
        ),
    )
    listed = tuple(changes(before, after, (reference.marks, again.marks), dtype, same_weights))
    return Examined(verdict, moved, flips, heard, listed)


def _fingerprints(
    stored: Answers, rerun: Answers, before: Sequence[Prediction], after: Sequence[Prediction], redrawn: Setting
) -> tuple[tuple[PredictionHeader, Voice | None], Heard]:
    """Pass gate G4: whole canaries, leads where they are due, answers of one's own; say what the canaries said."""
    for one in (stored, rerun):
        if one.canaries is not None:
            canaries.demand_whole(one.canaries, one.header, one.predictions)
    demand_spelled(before, after)
    demand_leads(before, after)
    heard = _heard(rerun)
    demand_own_answers(stored.header, voice(before), rerun.header, heard[1])
    return heard, canaries.compare(stored.canaries, rerun.canaries, stored.header.decoding.dtype, redrawn)


def _explained(judgement: Judgement, flips: Flips | None, said: Heard) -> Judgement:
    """Take a MATCH back where flips or canaries show that something else than rounding changed."""
    if said.strayed and judgement.outcome == "MATCH":
        return replace(judgement, outcome="DRIFT", why=f"{judgement.why}; but {said.said}, more than rounding explains")
    return unexplained(judgement, flips) if flips else judgement


def _between_runs(
    stored: Score, rerun: Score, noise: Noise | None, benchmark: Benchmark, policy: Policy
) -> Replicated | None:
    """Compare two trainings by the calibrated spread of runs, in points of the suite; None where none is calibrated."""
    if noise is None or noise.spread is None or noise.freedom is None:
        return None
    scale = benchmark.column.per_suite_point
    spread = Spread(noise.spread, noise.freedom)
    return replicated([stored.value / scale], [rerun.value / scale], policy.confidence, spread)


def _notes(rerun: Answers, regime: Regime, noise: Noise | None, identical: int, n: int) -> tuple[str, ...]:
    """Say what a reader should know beside the outcome."""
    notes = []
    if rerun.started is None:
        notes.append("when the re-run was made is not known, so not whether the policy is older")
    if regime == "retrain" and (noise is None or noise.spread is None):
        notes.append("no spread between trainings is calibrated: this pair of runs alone was judged")
    # What a calibration of trainings counts is between seeds; a training of one seed may well give the same answers.
    expected = noise.changed if noise and regime == "repredict" and not rerun.header.decoding.batch_invariant else 0.0
    if too_good(n - identical, n, expected):
        notes.append(
            f"{TOO_GOOD}: {n - identical:,} of {n:,} answers changed where {expected:.1%} do between honest runs; "
            "the answers may be copied"
        )
    return tuple(notes)


def _scored(answers: Answers, questions: Questions) -> Scored:
    return score_in(questions.exam, answers.header, answers.predictions)


def _heard(answers: Answers) -> tuple[PredictionHeader, Voice | None]:
    return answers.header, voice(answers.predictions)


def _in_order(answers: Answers, questions: Questions) -> Sequence[Prediction]:
    return matched(answers.header, answers.predictions, questions.samples)
