"""New seeds are judged by how far runs lie apart, and no gate is skipped because there are several."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from harness.errors import InvalidEvidence
from harness.record import prompts
from harness.schema.policy import Noise, Policy
from harness.score.score import score
from harness.verify.evidence import Stored
from harness.verify.new_seeds import judge_seeds
from harness.verify.trainings import trained_apart
from tests.harness.nouns import benchmark, digest, entry, policy, record
from tests.harness.verify.one_entry import ASKED, QUESTIONS, N, answers, retold

WORDED = prompts.digest(ASKED, benchmark().protocol("cambrian"))


def run(seed, right, **changes):
    """Make the answers of one seed: another training, other weights, other leads."""
    one = entry().model_copy(update={"seed": seed, "training": digest(f"training {seed}")})
    fields = {"entry": one, "weights": digest(f"weights {seed}"), "prompts": WORDED} | changes
    made = answers(["yes"] * right + ["no"] * (N - right), **fields)
    return retold(made, 0.75 + seed)


def kept(*sides):
    return [
        Stored(score(one.header, one.predictions, benchmark(), ASKED, digest("samples")).score, one)
        for one in (run(*side) for side in sides)
    ]


def calibrated(spread, freedom) -> Policy:
    noise = Noise(
        changed=0.1, flipped=0.1, spread=spread, freedom=freedom, measured_on=date(2026, 11, 20), evidence="measured"
    )
    whole = policy()
    return whole.model_copy(update={"retrain": whole.retrain.model_copy(update={"noise": {benchmark().name: noise}})})


STORED = ((0, 300), (1, 302), (2, 301))
NEW = ((3, 301), (4, 303), (5, 300))


def judged(stored=STORED, new=NEW, by=None):
    return judge_seeds(kept(*stored), [run(*one) for one in new], QUESTIONS, by or policy())


def test_seeds_that_score_alike_match_and_say_which_runs_they_are():
    found = judged()
    assert (found.outcome, found.setting, found.test) == ("MATCH", "R4", "Welch t")
    assert found.notes[0].startswith("stored runs: seed 0: ")
    assert found.notes[1].count("seed") == 3
    assert found.difference == pytest.approx(100 * (904 - 903) / 3 / N)


def test_order_of_runs_is_irrelevant_and_swapping_the_sides_mirrors_the_verdict():
    found, shuffled = judged(), judged(STORED[::-1], NEW[::-1])
    assert (shuffled.outcome, shuffled.p_value) == (found.outcome, pytest.approx(found.p_value))
    swapped = judged(NEW, STORED)
    assert found.difference is not None
    assert found.interval
    assert swapped.interval
    assert (swapped.outcome, swapped.difference) == (found.outcome, pytest.approx(-found.difference))
    assert swapped.interval.low == pytest.approx(-found.interval.high)


def test_seeds_that_fell_far_are_a_mismatch():
    assert judged(new=((3, 250), (4, 252), (5, 251))).outcome == "MISMATCH"


def test_one_new_seed_needs_a_calibrated_spread():
    alone = judged(new=((3, 301),))
    assert (alone.outcome, "do not tell how far runs lie apart" in alone.why) == ("INVALID", True)
    found = judged(new=((3, 301),), by=calibrated(0.3, 62))
    assert (found.outcome, found.test) == ("MATCH", "t, pooled spread")
    assert judged(new=((3, 301),), by=calibrated(3.0, 62)).outcome == "INCONCLUSIVE"


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (((0, 300),), "each seed is one run"),
        (((3, 300), (3, 301)), "each seed is one run"),
        ((), "none came as new ones"),
    ],
)
def test_a_seed_counts_once_and_a_stored_one_is_not_new(new, words):
    found = judged(new=new)
    assert (found.outcome, words in found.why) == ("INVALID", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": digest("weights 0")}, "same weights"),
        ({"protocol": "lmms_eval"}, "protocol was cambrian"),
        ({"samples": digest("others")}, "samples was"),
        ({"prompts": digest("others")}, "prompts was"),
    ],
)
def test_a_new_run_passes_the_gates_of_any_run(changes, words):
    found = judge_seeds(kept(*STORED), [run(*one, **changes) for one in NEW], QUESTIONS, policy())
    assert (found.outcome, words in found.why) == ("INVALID", True), found.why


def test_leads_that_are_the_same_to_the_last_bit_are_a_copy():
    copied = replace(run(3, 300), predictions=run(0, 300).predictions)
    found = judge_seeds(kept(*STORED), [copied, run(4, 300)], QUESTIONS, policy())
    assert (found.outcome, "the same leads to the last bit" in found.why) == ("INVALID", True)


def test_a_stored_score_that_its_answers_do_not_give_is_refused():
    stored = kept(*STORED)
    stored[1] = replace(stored[1], score=stored[1].score.model_copy(update={"value": 99.0}))
    found = judge_seeds(stored, [run(*one) for one in NEW], QUESTIONS, policy())
    assert (found.outcome, "do not give the stored score" in found.why) == ("INVALID", True)


def test_a_policy_that_is_younger_than_a_new_run_judges_none():
    early = [replace(run(*one), started=datetime(2026, 11, 1, tzinfo=UTC)) for one in NEW]
    found = judge_seeds(kept(*STORED), early, QUESTIONS, policy())
    assert (found.outcome, "the policy was fixed on" in found.why) == ("INVALID", True)


def test_two_seeds_in_one_order_are_a_seed_that_was_ignored():
    def training(seed, order):
        outputs = {"order/tune.txt": {"sha256": digest(order), "size": 1}}
        return record(f"train {seed}", kind="train", outputs=outputs, parameters={"seed": seed})

    trained_apart([training("0", "a"), training("1", "b"), record("train 2", kind="train")])
    with pytest.raises(InvalidEvidence, match=r"seeds 0 and 2 of .* a seed was ignored"):
        trained_apart([training("0", "a"), training("1", "b"), training("2", "a")])
