"""Read the records of a training mixture one by one, however large its file: memory holds one piece of it.

Mixtures are published as one JSON list (LLaVA-558k, Eagle-1.8M) or as one JSON object a line (Cambrian-7M). Both are
read by the same parser, which takes a piece of the file, gives the records that are whole in it and keeps the rest.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.errors import InvalidEvidence

PIECE = 1 << 20
LARGEST = 1 << 26
"""Characters that one record may take; a file that is no list of records would otherwise be read whole."""
_BETWEEN = " \t\r\n,"


def stream(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSON list, or of a file with one JSON object a line, in order.

    Raises:
        InvalidEvidence: the file is absent, is neither, or ends too early; the message says after which record.
    """
    if not file.is_file():
        raise InvalidEvidence(f"no training data at {file}")
    decoder, rest, count, listed, closed = json.JSONDecoder(), "", 0, False, False
    with file.open(encoding="utf-8") as text:
        while True:
            try:
                piece = text.read(PIECE)
            except UnicodeDecodeError as error:
                raise InvalidEvidence(f"{file} is no UTF-8 text after record {count:,}: {error.reason}") from error
            rest = (rest + piece).lstrip(_BETWEEN)
            if not count and not listed and rest.startswith("["):
                listed, rest = True, rest[1:].lstrip(_BETWEEN)
            at = 0
            while at < len(rest) and rest[at] == "{":
                try:
                    record, end = decoder.raw_decode(rest, at)
                except ValueError as error:
                    if not piece or len(rest) - at > LARGEST:
                        raise InvalidEvidence(f"{file}: what follows record {count:,} is no record: {error}") from error
                    break
                yield record
                count, at = count + 1, end
                while at < len(rest) and rest[at] in _BETWEEN:
                    at += 1
            rest = rest[at:]
            if listed and rest.startswith("]"):
                closed, rest = True, rest[1:].strip()
            if rest and (closed or rest[0] != "{"):
                raise InvalidEvidence(f"{file}: record {count:,} is followed by {rest[:40]!r}; expected a JSON object")
            if not piece:
                break
    if listed and not closed:
        raise InvalidEvidence(f"{file} ends after record {count:,} without closing its list: it was cut short")
    if not count:
        raise InvalidEvidence(f"{file} holds no record")
