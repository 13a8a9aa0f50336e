"""Give every noun one shape: immutable, closed to unknown fields, identified by the digest of its canonical form.

Canonical form is RFC 8785 (JSON Canonicalization Scheme; library `rfc8785`, chosen because floats, key order and
escapes then agree between languages and auditors can recompute a digest with any conforming tool). It goes value by
value, in Python; where pydantic's compiled encoder must come to the same bytes, that one writes them.
"""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any, Self
from weakref import ref

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer
from pydantic_core import to_json

from harness.errors import InvalidEvidence

# Canonical JSON holds the whole numbers that a double holds exactly, so a larger seed would have no digest.
Seed = Annotated[int, Field(ge=0, le=2**53 - 1)]


_LARGEST = 2**53 - 1
_STRING, _WHOLE = frozenset((str,)), frozenset((int,))
_EVEN = frozenset((str, float, bool, type(None)))
# Keys with these characters sort otherwise by UTF-16 code unit than by code point, and half a pair has no form at all.
_BEYOND = re.compile("[\ud800-\U0010ffff]")
# What every text has that holds a number which the two spell apart: a float that is whole, or one with an exponent.
_HINTS = (re.compile(r"\.0(?:[,}\]]|$)"), re.compile(r"e[-+]?[0-9]+(?:[,}\]]|$)"))
# Such a number with what stands before it, in a text without its strings.
_APART = re.compile(r"[:,\[]-?[0-9]++(?:\.0(?![0-9])|(?:\.[0-9]++)?e[-+]?[0-9]+)")
_STRINGS = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")')
# Stands between the pieces of a text without its strings; JSON escapes it, so a text never holds it.
_SEAM = "\0"


def canonical(value: Any) -> bytes:
    """Write a JSON value, whose objects have strings for keys, in canonical form (RFC 8785).

    Up to U+D7FF both encoders escape the same characters the same way, and keys sort alike by code unit and by code
    point; both give a float the fewest digits that lead back to it, and of those the nearest. So the compiled encoder
    writes the whole, and the other one the few numbers that it spells in its own way.

    Raises:
        rfc8785.CanonicalizationError: the value holds a number or a character without a canonical form.
    """
    try:
        text = to_json(_in_order(value)).decode()
    except (TypeError, ValueError):
        return rfc8785.dumps(value)
    if "NaN" in text or "Infinity" in text or (not text.isascii() and _BEYOND.search(text)):
        return rfc8785.dumps(value)
    # A number that is the whole value has nothing before it.
    parts = [f":{text}"]
    if any(hint.search(text) for hint in _HINTS):
        parts = _STRINGS.split(parts[0])
        parts[::2] = _APART.sub(_respelt, _SEAM.join(parts[::2])).split(_SEAM)
    return "".join(parts)[1:].encode()


def _in_order(value: Any) -> Any:
    """Put the keys of all objects in order.

    Raises:
        TypeError, ValueError: something is no plain JSON value, or a whole number has no canonical form.
    """
    kind = type(value)
    if kind is dict:
        if not _STRING.issuperset(map(type, value)):
            raise TypeError
        return {key: one if type(one := value[key]) in _EVEN else _in_order(one) for key in sorted(value)}
    if kind is list or kind is tuple:
        kinds = set(map(type, value))
        if kinds <= _EVEN or (kinds == _WHOLE and min(value) >= -_LARGEST and max(value) <= _LARGEST):
            return value
        return [_in_order(one) for one in value]
    if kind is int and not -_LARGEST <= value <= _LARGEST:
        raise ValueError
    if kind is not int and kind not in _EVEN:
        raise TypeError
    return value


def _respelt(found: re.Match[str]) -> str:
    """Spell one number as RFC 8785 does; one that is whole and has no exponent only loses its fraction."""
    before, number = found[0][0], found[0][1:]
    if number.endswith(".0") and number != "-0.0":
        return before + number[:-2]
    return before + rfc8785.dumps(float(number)).decode()


def digest_of(value: Any) -> str:
    """Return the SHA-256, 64 hex digits, of a JSON value's canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


_DIGESTS: "dict[int, tuple[ref[BaseModel], str]]" = {}


def remembered(noun: BaseModel, work: Callable[[], str]) -> str:
    """Return a noun's digest, worked out once in its life: it never changes, and a changed copy is another noun.

    Kept beside the noun, not in it: pydantic copies whatever a noun holds into the copy.
    """
    place = id(noun)
    held = _DIGESTS.get(place)
    if held is None or held[0]() is not noun:
        held = _DIGESTS[place] = ref(noun, lambda _: _DIGESTS.pop(place, None)), work()
    return held[1]


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
        return remembered(self, lambda: digest_of(self.plain()))

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
