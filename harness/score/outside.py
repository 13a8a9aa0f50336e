"""Mark answers of another harness as they stream by: one object in, one mark out, and the pooled score at the end.

Nothing is kept of a line but a digest of its id (eight bytes, so that a second one is seen; two ids in a billion lines
collide with probability 0.03) and what the pooling needs: a mark, or a mark with its group. A broken line ends the
stream; all marks before it have been given out.
"""

import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from benchmarks import pooling
from benchmarks.card import Benchmark, Mark, Protocol, Sample
from benchmarks.errors import BenchmarkError
from benchmarks.outside import identity, prediction_of, sample_of
from harness.errors import InvalidEvidence

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


class Pooled:
    """Add marks up as the protocol pools them, keeping of a sample only what the pooling looks at."""

    def __init__(self, benchmark: Benchmark, protocol: Protocol):
        self.benchmark, self.protocol = benchmark, protocol
        self.unparsed = 0
        self._values = array("d")
        self._samples: list[Sample] = []
        self._marks: list[Mark] = []
        self._seen: set[bytes] = set()

    @property
    def n(self) -> int:
        """Return how many marks were added."""
        return len(self._seen)

    def add(self, sample: Sample, mark: Mark) -> None:
        """Add one mark.

        Raises:
            InvalidEvidence: the sample has a mark already.
        """
        name = blake2b(sample.id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if name in self._seen:
            raise InvalidEvidence(f"id {sample.id!r} stands twice; every sample has one answer")
        self._seen.add(name)
        self.unparsed += not mark.parsed
        if self.protocol.pool is pooling.mean:
            self._values.append(mark.value)
            return
        self._samples.append(Sample(sample.id, "", (), (), (), "", "", "", sample.meta))
        self._marks.append(Mark(sample.id, mark.value, "", ""))

    def value(self) -> float:
        """Return the pooled score on the benchmark's unit.

        Raises:
            InvalidEvidence: nothing was added, or a pair is not whole.
        """
        if not self._seen:
            raise InvalidEvidence("no answers came; an empty file has no score")
        if self.protocol.pool is pooling.mean:
            # The same call as everywhere, on marks that exist for one moment.
            return pooling.mean(_Repeated(self._values, _bare), _Repeated(self._values, _unnamed))
        pool = self.protocol.pool
        if isinstance(pool, pooling.GroupMean) and pool.key == "pair":
            self._demand_pairs(pool.key)
        return pool(self._samples, self._marks)

    def _demand_pairs(self, key: str) -> None:
        times: dict[str, int] = {}
        for sample in self._samples:
            times[sample.meta[key]] = times.get(sample.meta[key], 0) + 1
        odd = [pair for pair, count in times.items() if count != 2]
        if odd:
            raise InvalidEvidence(f"{len(odd):,} pairs have not two answers: {', '.join(odd[:3])}")

    def plain(self) -> dict[str, Any]:
        """Return the score with what must stand beside it."""
        return {
            "benchmark": self.benchmark.name,
            "protocol": self.protocol.name,
            "score": self.value(),
            "unit": self.benchmark.unit,
            "n": self.n,
            "unparsed": self.unparsed,
            "chance": self.benchmark.chance,
            "source": self.protocol.source,
        }


def _bare(value: float) -> Sample:
    return Sample("", "", (), (), (), "", "", "")


def _unnamed(value: float) -> Mark:
    return Mark("", value, "", "")


class _Repeated(Sequence[Any]):
    """Show an array of marks as a sequence of nouns, made one at a time."""

    def __init__(self, values: array, make: Callable[[float], Any]):
        self.values, self.make = values, make

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: int) -> Any:
        return self.make(self.values[place])


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
