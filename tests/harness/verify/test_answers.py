"""The answers of a re-run carry fingerprints of their own: leads, tokens and canaries tell what equal texts hide."""

from dataclasses import replace

import pytest

from harness.score.score import score
from harness.verify.evidence import Stored
from harness.verify.verify import examine
from tests.harness.nouns import benchmark, digest, policy
from tests.harness.verify.one_entry import (
    ASKED,
    QUESTIONS,
    TEXTS,
    N,
    answers,
    canaried,
    flipped,
    judged,
    retold,
    stored,
    tied,
)


def test_a_re_run_without_leads_is_refused_where_the_stored_one_has_them():
    hidden = judged(flipped((), 3), "repredict", tied(0.001))
    assert (hidden.outcome, hidden.exit_code) == ("INVALID", 40)
    assert "3 of 480 answers came without the leads" in hidden.why


def test_answers_of_other_weights_with_the_same_leads_were_copied():
    copied = judged(answers(weights=digest("retrained")), "retrain")
    assert copied.outcome == "INVALID"
    assert "the stored answers were copied" in copied.why
    assert judged(answers(), "retrain").outcome == "MATCH"


def test_a_text_that_was_edited_by_itself_is_caught_by_its_tokens():
    whole = answers()
    better = [replace(one, text="yes") if place == N - 1 else one for place, one in enumerate(whole.predictions)]
    edited = replace(whole, predictions=better)
    assert "same tokens and different texts" in judged(edited, "repredict").why
    raised = score(whole.header, better, benchmark(), ASKED, digest("samples")).score
    assert judged(regime="rescore", reference=Stored(raised, edited)).outcome == "INVALID"


def test_samples_that_changed_are_listed_with_what_explains_them():
    found = examine(tied(0.001), flipped((0.001, 0.001)), QUESTIONS, "repredict", policy(3.0))
    assert [
        (one.sample_id, one.stored, one.rerun, one.stored_mark, one.rerun_mark, one.cause) for one in found.changed
    ] == [(f"q0000{place}", "yes", "no", 1.0, 0.0, "near") for place in range(3)]
    retrained = examine(
        stored(), retold(answers(["no", *TEXTS[1:]], weights=digest("w"))), QUESTIONS, "retrain", policy()
    )
    assert [one.cause for one in retrained.changed] == [None]


def test_canaries_that_strayed_take_a_match_back_though_every_answer_is_the_same():
    kept = stored()
    kept = replace(kept, answers=canaried(kept.answers))
    still = judged(canaried(answers()), "repredict", kept)
    assert (still.outcome, still.notes[-2]) == ("MATCH", "canaries: all 32 the same, bit for bit")
    strayed = judged(canaried(answers(), 0.5), "repredict", kept)
    assert (strayed.outcome, strayed.exit_code) == ("DRIFT", 10)
    assert "32 of 32 moved by more than 0.0039 nats, the farthest by 0.5" in strayed.why
    assert judged(canaried(answers(), 0.001), "repredict", kept).outcome == "MATCH"
    retrained = judged(canaried(retold(answers(weights=digest("w"))), 0.5), "retrain", kept)
    assert retrained.outcome == "MATCH"
    assert "canaries of other weights: moved by 0.93 nats in the middle" in retrained.notes


def test_canaries_that_one_side_lacks_are_said_not_to_be_compared_or_missed():
    bare = judged(canaried(answers()), "repredict")
    assert "canaries: not compared, the stored run kept none" in bare.notes
    kept = replace(stored(), answers=canaried(answers()))
    withheld = judged(answers(), "repredict", kept)
    assert (withheld.outcome, "the re-run none" in withheld.why) == ("INVALID", True)


@pytest.mark.parametrize(
    ("bend", "words"),
    [
        (lambda made: made.model_copy(update={"header": digest("other")}), "the answers of the canaries"),
        (lambda made: made.model_copy(update={"rows": made.rows[1:]}), "32 canaries are chosen by their ids; 31 came"),
        (lambda made: made.model_copy(update={"rows": (*made.rows[1:], made.rows[1])}), "or others"),
    ],
)
def test_canaries_that_are_not_the_answers_own_are_refused(bend, words):
    run = canaried(answers())
    verdict = judged(replace(run, canaries=bend(run.canaries)), "repredict")
    assert (verdict.outcome, words in verdict.why) == ("INVALID", True)
    moved = [replace(one, margins=(0.9, 1.25)) for one in run.predictions]
    assert "does not begin as its canary says" in judged(replace(run, predictions=moved), "repredict").why
