"""State what a signer speaks of, and what is said of it: an in-toto Statement v1, subjects named by SHA-256.

It travels in a signed envelope (`signing`); `crate` states what lies in a bundle, `attestation` what a verdict was.
"""

from typing import Any, Generic, Self, TypeVar

from pydantic import Field

from harness.errors import InvalidEvidence
from harness.record import strict_json
from harness.schema.frozen import Frozen, canonical

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
Predicate = TypeVar("Predicate", bound=Frozen)


class Subject(Frozen):
    """Name one thing by its SHA-256, in the standard's words."""

    name: str
    digests: dict[str, str] = Field(alias="digest")

    @classmethod
    def of(cls, name: str, sha256: str) -> Self:
        """Name a thing."""
        return cls.model_validate({"name": name, "digest": {"sha256": sha256}})


class Statement(Frozen, Generic[Predicate]):
    """Hold an in-toto statement; the field names are its own."""

    # The key that the standard calls `_type` cannot name a field in Python, so it stands under its alias.
    type_: str = Field(alias="_type")
    subject: tuple[Subject, ...] = Field(min_length=1)
    predicateType: str
    predicate: Predicate

    @classmethod
    def about(cls, kind: str, subjects: tuple[Subject, ...], predicate: Predicate) -> Self:
        """Return the statement of a predicate of a kind about its subjects."""
        return cls.model_validate(
            {"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": kind, "predicate": predicate}
        )

    @classmethod
    def read(cls, payload: bytes, kind: str, where: str) -> Self:
        """Read a statement of a kind; `where` names it in the refusal.

        Raises:
            InvalidEvidence: it is malformed, of another kind, or names a subject twice.
        """
        statement = strict_json.parse(cls, payload, where)
        if (statement.type_, statement.predicateType) != (STATEMENT_TYPE, kind):
            raise InvalidEvidence(f"{where} is a {statement.type_} about {statement.predicateType}; expected {kind}")
        if len({one.name for one in statement.subject}) != len(statement.subject):
            raise InvalidEvidence(f"{where} names a subject twice")
        return statement

    def plain(self) -> dict[str, Any]:
        """Return the statement as JSON values under the standard's names."""
        return self.model_dump(mode="json", by_alias=True)

    def encoded(self) -> bytes:
        """Return the statement in canonical form."""
        return canonical(self.plain())
