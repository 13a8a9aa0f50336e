"""Judge trainings with new seeds (R4) against the stored ones of the same entry, from the answers of all of them.

A new seed redraws everything that a training draws, so nothing is paired: the scores of the runs are compared, by how
far honest runs lie apart (`replicates`). That spread is the policy's where it is calibrated, else the runs' own, which
takes two runs a side. A run that was left out would show here as a seed that nobody names; the ledger keeps them all.

Every gate stands before it, for each run by itself: its answers give its score, to these questions in these words, and
no two runs have the same weights or the same leads, which is how a seed that was ignored looks.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from benchmarks.errors import BenchmarkError
from harness.errors import InvalidEvidence
from harness.schema.policy import Noise, Policy
from harness.schema.verdict import Verdict
from harness.score.score import Scored, score_in
from harness.verify import gates
from harness.verify.canaries import demand_whole
from harness.verify.compare import judge_runs
from harness.verify.evidence import Answers, Questions, Stored
from harness.verify.fingerprints import demand_distinct, demand_spelled, voice
from harness.verify.policy import demand_older
from harness.verify.replicates import Spread, replicated
from harness.verify.verify import invalid


def judge_seeds(stored: Sequence[Stored], new: Sequence[Answers], questions: Questions, policy: Policy) -> Verdict:
    """Judge new seeds of one entry; evidence that any gate refuses ends in INVALID, never in an exception."""
    try:
        return _judged(stored, new, questions, policy)
    except (InvalidEvidence, BenchmarkError, ValidationError) as error:
        return invalid(stored[0].score.entry, "retrain", policy, error)


def _judged(stored: Sequence[Stored], new: Sequence[Answers], questions: Questions, policy: Policy) -> Verdict:
    first = stored[0].answers.header
    _demand_new([one.score.entry.seed for one in stored], [one.header.entry.seed for one in new])
    before = [_marked(one.answers, questions) for one in stored]
    for one, again in zip(stored, before, strict=True):
        gates.recomputed(one.score, again.score)
    for one in new:
        demand_older(policy, one.started)
    for one in (*(one.answers for one in stored[1:]), *new):
        gates.same_experiment(first, one.header, "retrain", also=gates.OF_A_SEED)
    after = [_marked(one, questions) for one in new]
    demand_distinct([(one.header, voice(one.predictions)) for one in (*(each.answers for each in stored), *new)])
    benchmark = questions.benchmark
    scale, noise = benchmark.column.per_suite_point, policy.retrain.noise.get(benchmark.name)
    old, fresh = ([one.score.value / scale for one in side] for side in (before, after))
    found = replicated(old, fresh, policy.confidence, _spread(noise))
    margin = policy.margin(benchmark.name, "retrain").points
    judgement = judge_runs(found, margin)
    return Verdict(
        entry=stored[0].score.entry,
        regime="retrain",
        outcome=judgement.outcome,
        why=judgement.why,
        policy=policy.digest,
        difference=found.difference,
        interval=found.interval,
        allowed=margin,
        setting="R4",
        test=found.test,
        p_value=found.p_value,
        needed=judgement.needed,
        notes=(_told("stored", before), _told("new", after)),
    )


def _demand_new(stored: Sequence[int], new: Sequence[int]) -> None:
    if not new or len({*stored, *new}) != len(stored) + len(new):
        raise InvalidEvidence(
            f"seeds {', '.join(map(str, stored))} are stored and {', '.join(map(str, new)) or 'none'} came as new "
            "ones; each seed is one run, and a stored seed that is trained again is another question (R3)"
        )


def _marked(answers: Answers, questions: Questions) -> Scored:
    questions.demand_worded(answers.header)
    gates.possible_platform(answers.fingerprint)
    demand_spelled(answers.predictions)
    if answers.canaries is not None:
        demand_whole(answers.canaries, answers.header, answers.predictions)
    return score_in(questions.exam, answers.header, answers.predictions)


def _spread(noise: Noise | None) -> Spread | None:
    if noise is None or noise.spread is None or noise.freedom is None:
        return None
    return Spread(noise.spread, noise.freedom)


def _told(side: str, runs: Sequence[Scored]) -> str:
    scores = ", ".join(f"seed {one.score.entry.seed}: {one.score.value:.2f}" for one in runs)
    return f"{side} runs: {scores}"
