"""Read and write nouns as canonical JSON, one form a noun.

A file is accepted only if it is, byte for byte, the canonical form (RFC 8785) of the noun it parses to. Duplicate keys,
NaN, other spellings of a number, trailing bytes and hand edits that a lenient parser would take are refused by that one
rule.
"""

from pathlib import Path
from typing import TypeVar

from rfc8785 import CanonicalizationError

from harness.errors import InvalidEvidence
from harness.schema.frozen import Frozen, canonical

Noun = TypeVar("Noun", bound=Frozen)

SIZE_LIMIT = 16 * 2**20


def parse(noun: type[Noun], data: bytes, where: str) -> Noun:
    """Read one noun from its canonical bytes.

    Raises:
        InvalidEvidence: the bytes are too many, no such noun, or not in canonical form.
    """
    if len(data) > SIZE_LIMIT:
        raise InvalidEvidence(f"{where} has {len(data):,} bytes; a {noun.__name__} has at most {SIZE_LIMIT:,}")
    value = noun.from_json(data, where)
    try:
        form = canonical(value.plain())
    except CanonicalizationError as error:
        raise InvalidEvidence(f"{where} holds a value without a canonical form (RFC 8785): {error}") from error
    if form != data:
        raise InvalidEvidence(
            f"{where} is not in canonical form (RFC 8785): a key stands twice, or it was edited. Make it again."
        )
    return value


def read(noun: type[Noun], path: Path) -> Noun:
    """Read one noun from a file.

    Raises:
        InvalidEvidence: the file is absent, or as `parse`.
    """
    return parse(noun, bytes_of(noun, path), str(path))


def bytes_of(noun: type[Frozen], path: Path) -> bytes:
    """Read the file of a noun, for whoever digests the very bytes that are parsed.

    Raises:
        InvalidEvidence: the file is absent or too large.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent; a {noun.__name__} was expected there. Make it again.")
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; expected at most {SIZE_LIMIT:,}")
    return path.read_bytes()
