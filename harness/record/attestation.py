"""Seal verdicts that were spoken over re-runs, so that who spoke them, over which answers, can be checked later.

The subjects are the manifest of the accepted reference, which names every stored answer, and each re-run's answers, by
SHA-256. A verdict that is laid beside another reference speaks of other subjects, and is refused: an old MATCH cannot
be shown for new evidence. What the signer says is the signer's word; whoever wants to judge the answers themselves
asks for a bundle.
"""

from pathlib import Path

from pydantic import AwareDatetime, Field

from harness.errors import InvalidEvidence
from harness.record import signing
from harness.record.statement import Statement, Subject
from harness.schema.frozen import Frozen
from harness.schema.verdict import EXIT_CODES, Outcome, Verdict, worst

PREDICATE_TYPE = "https://github.com/vlm-encoder-harness/verdict/v1"
REFERENCE = "results/reference/manifest.json"
DIGEST = r"^[0-9a-f]{64}$"


class Spoken(Frozen):
    """Hold what was said when: the verdict over all entries together, and each one's; `reference` is its manifest's."""

    made_at: AwareDatetime
    commit: str | None
    reference: str = Field(pattern=DIGEST)
    outcome: Outcome
    why: str = Field(min_length=1)
    verdicts: tuple[Verdict, ...] = Field(min_length=1)


def seal(spoken: Spoken, key: Path) -> bytes:
    """Return the envelope of a statement over what was spoken, signed by a private key.

    Raises:
        UsageError: the file holds no unencrypted Ed25519 private key.
    """
    return signing.sign(Statement[Spoken].about(PREDICATE_TYPE, _subjects(spoken), spoken).encoded(), key)


def check(data: bytes, key: Path, reference: str, where: str) -> Spoken:
    """Return what was spoken, after checking that it was signed by a trusted key and speaks of this reference.

    Raises:
        InvalidEvidence: it is malformed, not signed by this key, contradicts itself, or is of another reference.
        UsageError: the file of the key holds no Ed25519 public key.
    """
    statement = Statement[Spoken].read(signing.check(data, key, where), PREDICATE_TYPE, where)
    spoken = statement.predicate
    if statement.subject != _subjects(spoken):
        raise InvalidEvidence(f"{where}: its subjects are not what its verdicts were spoken over")
    said, least = EXIT_CODES[spoken.outcome], worst(one.outcome for one in spoken.verdicts)
    if said == 0 and least != "MATCH":
        raise InvalidEvidence(f"{where} says {spoken.outcome} over all, and {least} of one of its entries")
    if spoken.reference != reference:
        raise InvalidEvidence.digest(
            f"{where}: the manifest of the reference", spoken.reference, reference, "It was spoken over other results."
        )
    return spoken


def _subjects(spoken: Spoken) -> tuple[Subject, ...]:
    """Name what verdicts were spoken over; answers that serve several verdicts are one subject."""
    answers = {one.answers: one for one in spoken.verdicts if one.answers}
    return (
        Subject.of(REFERENCE, spoken.reference),
        *(Subject.of(f"{one.regime}/{one.entry.slug}", digest) for digest, one in answers.items()),
    )
