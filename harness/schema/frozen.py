"""Give every noun one shape: immutable, closed to unknown fields, identified by the digest of its canonical form.

Canonical form is RFC 8785 (JSON Canonicalization Scheme; library `rfc8785`, chosen because floats, key order and
escapes then agree between languages and auditors can recompute a digest with any conforming tool). It goes value by
value, in Python; where the standard library's compiled encoder must come to the same bytes, that one writes them.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from harness.errors import InvalidEvidence

# Canonical JSON holds the whole numbers that a double holds exactly, so a larger seed would have no digest.
Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]


_QUICK = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")
)
# Numbers that the two may spell apart: with an exponent, whole though a float, or beyond what a double holds exactly.
_APART = re.compile(r"(?:^|[:,\[])-?(?:[0-9.]+e|[0-9]+\.0(?:$|[,}\]])|[0-9]{16})")


def canonical(value: Any) -> bytes:
    """Write a JSON value, whose objects have strings for keys, in canonical form (RFC 8785).

    In ASCII both encoders escape the same characters the same way and sort keys alike (by code unit, by code point),
    and the digits of a float are the shortest that lead back to it.

    Raises:
        rfc8785.CanonicalizationError: the value holds a number or a character without a canonical form.
    """
    try:
        text = _QUICK.encode(value)
    except (TypeError, ValueError):
        return rfc8785.dumps(value)
    return text.encode() if text.isascii() and not _APART.search(text) else rfc8785.dumps(value)


def digest_of(value: Any) -> str:
    """Return the SHA-256, 64 hex digits, of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


class Frozen(BaseModel):
    """Stand under every noun: frozen, no unknown fields, no NaN or infinity, digested as a whole.

    Which fields may change a number is decided by the model they live in, so a digest always covers all fields: what
    cannot change a number (a title, a licence, the machine) lives in another noun.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    def plain(self) -> dict[str, Any]:
        """Return the noun as JSON values."""
        return self.model_dump(mode="json")

    @property
    def digest(self) -> str:
        """Return the SHA-256, 64 hex digits, of the canonical form."""
        return digest_of(self.plain())

    @classmethod
    def from_json(cls, text: str | bytes, where: str) -> Self:
        """Read a noun from JSON text; `where` names the file in the refusal.

        Raises:
            InvalidEvidence: the text is no JSON, a field is missing, unknown or out of range.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the whole file"
            raise InvalidEvidence(
                f"{where} is no valid {cls.__name__}: {place}: {first['msg']}. "
                "It was edited, truncated or written by another version; make it again."
            ) from error


class Stated(Frozen):
    """Leave out of the canonical form what is not stated, that is None.

    A recipe grows new fields while old results stay. Each of them is optional and None means what was done before it
    came, so that the digest of a recipe that does not name it stays as it was.
    """

    @model_serializer(mode="wrap")
    def _stated(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}
