"""A signed verdict says what its signer saw, of the reference that lies here and of no other."""

from datetime import UTC, datetime

import pytest

from harness.errors import InvalidEvidence
from harness.record import attestation, signing
from harness.record.statement import Statement, Subject
from harness.schema.verdict import Outcome, Verdict
from tests.harness.record.keys import pair
from tests.simulation.tables import cells

HERE, ELSEWHERE, ANSWERS = "a" * 64, "b" * 64, "c" * 64
ENTRIES = cells(False)[:2]


def spoken(*outcomes: Outcome, whole: Outcome = "MATCH", answers: str | None = ANSWERS) -> attestation.Spoken:
    verdicts = tuple(
        Verdict(entry=entry, regime="repredict", outcome=outcome, why="so it is", policy="d" * 64, answers=answers)
        for entry, outcome in zip(ENTRIES, outcomes or ("MATCH",), strict=False)
    )
    return attestation.Spoken(
        made_at=datetime.now(UTC), commit=None, reference=HERE, outcome=whole, why="so it is", verdicts=verdicts
    )


@pytest.fixture
def keys(tmp_path):
    return pair(tmp_path)


@pytest.mark.parametrize("answers", [None, ANSWERS])
@pytest.mark.parametrize("outcome", ["MATCH", "DRIFT", "MISMATCH", "INVALID"])
def test_what_was_sealed_is_what_is_read(keys, outcome, answers):
    one = spoken(outcome, whole=outcome, answers=answers)
    assert attestation.check(attestation.seal(one, keys[0]), keys[1], HERE, "here") == one


def test_its_subjects_are_the_reference_and_the_answers_of_each_re_run(keys):
    payload = signing.check(attestation.seal(spoken(), keys[0]), keys[1], "here")
    statement = Statement[attestation.Spoken].read(payload, attestation.PREDICATE_TYPE, "here")
    assert [one.digests["sha256"] for one in statement.subject] == [HERE, ANSWERS]


def test_a_verdict_over_another_reference_is_not_replayed_here(keys):
    with pytest.raises(InvalidEvidence, match="spoken over other results"):
        attestation.check(attestation.seal(spoken(), keys[0]), keys[1], ELSEWHERE, "here")


def test_a_key_that_is_not_trusted_says_nothing(keys, tmp_path):
    with pytest.raises(InvalidEvidence, match="not by the trusted one"):
        attestation.check(attestation.seal(spoken(), keys[0]), pair(tmp_path, "other")[1], HERE, "here")


def test_no_match_stands_over_an_entry_that_is_none(keys):
    with pytest.raises(InvalidEvidence, match="MISMATCH of one of its entries"):
        attestation.check(attestation.seal(spoken("MATCH", "MISMATCH"), keys[0]), keys[1], HERE, "here")


@pytest.mark.parametrize(
    ("subjects", "kind", "words"),
    [
        ([(attestation.REFERENCE, HERE)], attestation.PREDICATE_TYPE, "not what its verdicts were spoken over"),
        ([("x", HERE), ("x", HERE)], attestation.PREDICATE_TYPE, "names a subject twice"),
        ([(attestation.REFERENCE, HERE)], "https://slsa.dev/verification_summary/v1", "expected"),
    ],
)
def test_a_statement_that_is_signed_but_not_this_one_is_refused(keys, subjects, kind, words):
    named = tuple(Subject.of(name, digest) for name, digest in subjects)
    forged = Statement[attestation.Spoken].about(kind, named, spoken())
    with pytest.raises(InvalidEvidence, match=words):
        attestation.check(signing.sign(forged.encoded(), keys[0]), keys[1], HERE, "here")
