"""Mark answers of another harness as they stream by: one object in, one mark out, and the pooled score at the end.

What is kept of a line is what the score needs (`score.pooled`). A broken line ends the stream; all marks before it have
been given out.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.card import Benchmark, Mark, Protocol
from benchmarks.errors import BenchmarkError
from benchmarks.outside import identity, prediction_of, sample_of
from harness.errors import InvalidEvidence
from harness.score.pooled import Pooled

LONGEST_LINE = 16 * 2**20
Objects = Iterator[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Given:
    """Hold the mark of one line and its id as it was written."""

    id: str | int
    mark: Mark

    def plain(self) -> dict[str, Any]:
        """Return the line that goes out."""
        return {
            "id": self.id,
            "mark": self.mark.value,
            "extracted": self.mark.extracted,
            "rule": self.mark.rule,
        }


def mark_all(objects: Objects, benchmark: Benchmark, protocol: Protocol, pooled: Pooled, where: str) -> Iterator[Given]:
    """Mark every object in turn.

    Raises:
        InvalidEvidence: an object is not what it should be; the message names its line.
    """
    line = 0
    try:
        for number, given in objects:
            line = number
            sample = sample_of(given, benchmark, protocol)
            mark = protocol.mark(sample, prediction_of(given))
            pooled.add(sample, mark)
            name = given["id"]
            yield Given(name if isinstance(name, int) else identity(given), mark)
    except (BenchmarkError, InvalidEvidence) as error:
        if str(error).startswith(where):
            raise
        raise InvalidEvidence(f"{where}, line {line:,}: {error}") from error


def objects_of(stream: IO[bytes], where: str) -> Objects:
    """Read one JSON object a line, strictly, with the line's number; blank lines are skipped.

    Raises:
        InvalidEvidence: a line is too long, no UTF-8, no JSON object, says a key twice or holds NaN; it is named.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise InvalidEvidence(f"{where}, line {number:,}: more than {LONGEST_LINE:,} bytes in one line")
        if not line.strip():
            continue
        try:
            found = json.loads(
                line.decode("utf-8-sig" if number == 1 else "utf-8"),
                object_pairs_hook=_once,
                parse_constant=_refuse,
            )
        except (ValueError, RecursionError) as error:
            raise InvalidEvidence(f"{where}, line {number:,}: {error}; expected one JSON object") from error
        if not isinstance(found, dict):
            raise InvalidEvidence(f"{where}, line {number:,}: expected one JSON object, came {type(found).__name__}")
        yield number, found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"a key stands twice in {', '.join(key for key, _ in pairs)[:80]}")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def opened(path: Path) -> IO[bytes]:
    """Open a file for reading.

    Raises:
        InvalidEvidence: there is none.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent or no plain file; one JSON object a line was expected there")
    return path.open("rb")
