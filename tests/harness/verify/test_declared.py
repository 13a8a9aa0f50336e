"""A slice that was declared before the run: 32 questions that nobody picked, of which no answer may flip."""

from dataclasses import replace

import pytest

from harness.errors import InvalidEvidence
from harness.schema.canary import COUNT, chosen
from harness.verify.declared import ids_of, judge_slice
from tests.harness.nouns import FINGERPRINT, digest
from tests.harness.verify.bundles import canaries_of
from tests.harness.verify.one_entry import ASKED, canaried, stored

POLICY = digest("policy")
OTHER = FINGERPRINT.model_copy(update={"cpu": "another processor"})


@pytest.fixture
def kept():
    whole = stored()
    return replace(whole, answers=replace(canaried(whole.answers), fingerprint=FINGERPRINT))


def again(kept, change=lambda rows: rows, shift=0.0, fingerprint=FINGERPRINT, **header):
    """Answer the slice as the stored run did, but for what is changed."""
    wanted = set(ids_of(kept))
    rows = change([one for one in kept.answers.predictions if one.sample_id in wanted])
    head = kept.answers.header.model_copy(update={"count": len(rows), **header})
    return replace(
        kept.answers,
        header=head,
        predictions=rows,
        canaries=canaries_of(head, rows, shift),
        fingerprint=fingerprint,
    )


def told_otherwise(lead):
    """Change the first answer of the slice, at this lead in both runs."""
    return lambda rows: [replace(rows[0], text="no", tokens=(9, 9), margins=(lead, lead)), *rows[1:]]


def test_a_slice_is_chosen_by_the_ids_alone(kept):
    assert set(ids_of(kept)) == chosen(one.id for one in ASKED)
    assert len(ids_of(kept)) == COUNT


def test_the_same_answers_and_log_probabilities_hold(kept):
    found = judge_slice(kept, again(kept), POLICY)
    assert (found.outcome, found.exit_code, found.identical, found.setting) == ("MATCH", 0, COUNT, "R1")
    assert f"{COUNT} of 480 questions" in found.why
    assert "bit for bit" in found.why


def test_one_flip_beyond_rounding_is_a_mismatch_however_many_answers_are_the_same(kept):
    found = judge_slice(kept, again(kept, told_otherwise(0.5)), POLICY)
    assert (found.outcome, found.identical) == ("MISMATCH", COUNT - 1)
    assert "1 by more than rounding" in found.why


def test_a_flip_at_a_near_tie_is_a_drift_and_not_a_pass(kept):
    tied = [replace(one, margins=(0.0005,) * len(one.margins)) for one in kept.answers.predictions]
    near = replace(kept, answers=canaried(replace(kept.answers, predictions=tied)))
    found = judge_slice(near, again(near, told_otherwise(0.0005)), POLICY)
    assert (found.outcome, found.exit_code) == ("DRIFT", 10)
    assert "1 flipped at a near tie, 0 by more" in found.why


def test_log_probabilities_that_moved_contradict_the_same_platform_and_warn_on_another(kept):
    assert judge_slice(kept, again(kept, shift=0.1), POLICY).outcome == "INVALID"
    found = judge_slice(kept, again(kept, shift=0.1, fingerprint=OTHER), POLICY)
    assert (found.outcome, found.identical, found.setting) == ("DRIFT", COUNT, "R2")
    assert any("another processor" in note for note in found.notes)


def test_rounding_alone_changes_nothing(kept):
    assert judge_slice(kept, again(kept, shift=1e-5, fingerprint=OTHER), POLICY).outcome == "MATCH"


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        ({"weights": digest("other weights")}, "A slice takes stored weights"),
        ({"change": lambda rows: rows[1:]}, "answers to others, or to fewer, came"),
        ({"change": lambda rows: [*rows[1:], rows[1]]}, "answers to others, or to fewer, came"),
    ],
)
def test_other_weights_or_another_slice_are_refused(kept, harm, why):
    found = judge_slice(kept, again(kept, **harm), POLICY)
    assert (found.outcome, found.exit_code) == ("INVALID", 40)
    assert why in found.why


def test_a_fingerprint_that_was_withheld_is_refused(kept):
    found = judge_slice(kept, replace(again(kept), canaries=None), POLICY)
    assert (found.outcome, "re-run none" in found.why) == ("INVALID", True)


def test_an_entry_without_canaries_declares_no_slice():
    with pytest.raises(InvalidEvidence, match="no slice is declared"):
        ids_of(stored())
