"""Add marks up as they stream by: the pooled score, its standard error, and what could be had without looking.

Of an answer its mark and its cluster are kept, sixteen bytes; of a question, once for all answers to questions alike,
what its rule and its pooling look at. So memory grows with the questions that differ, hardly with the answers.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from math import fsum
from typing import Any

import numpy as np

from benchmarks import blind, pooling
from benchmarks.card import Benchmark, Mark, Protocol, Sample
from harness.errors import InvalidEvidence
from harness.score import uncertainty

MOST = 100_000
"""Questions that are kept apart; beyond, the blind baseline is not worked out."""
_BEYOND = Sample("", "", (), (), (), "", "", "")
_COIN = 0.5


class Pooled:
    """Hold the marks given so far."""

    def __init__(self, benchmark: Benchmark, protocol: Protocol):
        self.benchmark, self.protocol = benchmark, protocol
        self.unparsed = 0
        self._values = array("d")
        self._asked: list[Sample] = []
        self._alike: dict[tuple[Any, ...], Sample] = {}
        self._too_many = False
        self._cluster_of = array("q")
        self._clusters: dict[bytes, int] = {}
        self._clusters_met = 0
        self._seen: set[bytes] = set()

    @property
    def n(self) -> int:
        """Return how many marks were added."""
        return len(self._seen)

    def add(self, sample: Sample, mark: Mark) -> None:
        """Add one mark; a sample that names no cluster is one of its own.

        Raises:
            InvalidEvidence: the sample has a mark already.
        """
        name = _digest(sample.id)
        if name in self._seen:
            raise InvalidEvidence(f"id {sample.id!r} stands twice; every sample has one answer")
        self._seen.add(name)
        self.unparsed += not mark.parsed
        self._values.append(mark.value)
        self._asked.append(self._question(sample))
        self._cluster_of.append(self._cluster(sample.cluster))

    def _question(self, sample: Sample) -> Sample:
        meta = sample.meta
        if self.protocol.pool is not pooling.mean:
            return Sample(sample.id, "", (), sample.choices, sample.answers, "", sample.kind, "", meta)
        key = (sample.kind, sample.answers, sample.choices, sample.category, *sorted(meta.items()))
        if (known := self._alike.get(key)) is not None:
            return known
        if len(self._alike) >= MOST:
            self._too_many = True
            return _BEYOND
        number = str(len(self._alike))
        self._alike[key] = Sample(
            number, "", (), sample.choices, sample.answers, sample.category, sample.kind, "", meta
        )
        return self._alike[key]

    def _cluster(self, name: str) -> int:
        if not name:
            self._clusters_met += 1
            return self._clusters_met
        place = self._clusters.get(digest := _digest(name))
        if place is None:
            self._clusters_met += 1
            place = self._clusters[digest] = self._clusters_met
        return place

    def value(self) -> float:
        """Return the pooled score on the benchmark's unit.

        Raises:
            InvalidEvidence: nothing was added, or a pair is not whole.
        """
        if not self._seen:
            raise InvalidEvidence("no answers came; an empty file has no score")
        pool = self.protocol.pool
        if isinstance(pool, pooling.GroupMean) and pool.key == "pair":
            self._demand_pairs(pool.key)
        return pool(self._asked, self._marks)

    def standard_error(self) -> float | None:
        """Return the clustered standard error of the score, None for fewer than two clusters."""
        if self._clusters_met < 2:
            return None
        if self.protocol.pool is pooling.mean:
            return uncertainty.of_sums(self._residuals(), self._clusters_met, self.n)
        members: dict[str, list[int]] = {}
        for place, cluster in enumerate(self._cluster_of):
            members.setdefault(str(cluster), []).append(place)
        return uncertainty.standard_error(self._asked, self._marks, self.protocol.pool, members)

    def blind(self) -> float | None:
        """Return the score of the best constant answer per kind of question; None where too many questions differ."""
        return None if self._too_many else blind.best_constant(self._asked, self.protocol)

    def chance(self) -> float | None:
        """Return the expected score of a uniform guess; None where too many questions differ."""
        if isinstance(self.protocol.pool, pooling.SumOfTasks):
            # The card's level is that of all tasks; these answers may be to some.
            return self.protocol.pool(self._asked, _Marks(self._asked, array("d", [_COIN] * self.n)))
        if self.benchmark.chance is not None:
            return self.benchmark.chance
        return None if self._too_many else blind.uniform_guess(self._asked, self.protocol)

    def plain(self) -> Mapping[str, Any]:
        """Return the score with what must stand beside it."""
        return {
            "benchmark": self.benchmark.name,
            "protocol": self.protocol.name,
            "score": self.value(),
            "standard_error": self.standard_error(),
            "unit": self.benchmark.unit,
            "n": self.n,
            "clusters": self._clusters_met,
            "unparsed": self.unparsed,
            "blind": self.blind(),
            "chance": self.chance(),
            "source": self.protocol.source,
        }

    @property
    def _marks(self) -> "_Marks":
        return _Marks(self._asked, self._values)

    def _residuals(self) -> Iterator[float]:
        """Yield, for each cluster, the sum of its marks' distances from the mean."""
        mean = fsum(self._values) / self.n
        of = np.frombuffer(self._cluster_of, dtype=np.int64)
        order = np.argsort(of, kind="stable")
        starts = np.flatnonzero(np.diff(of[order], prepend=-1))
        values = np.frombuffer(self._values)[order] - mean
        for start, end in zip(starts, (*starts[1:], self.n), strict=True):
            yield fsum(values[start:end])

    def _demand_pairs(self, key: str) -> None:
        times: dict[str, int] = {}
        for sample in self._asked:
            times[sample.meta[key]] = times.get(sample.meta[key], 0) + 1
        odd = [pair for pair, count in times.items() if count != 2]
        if odd:
            raise InvalidEvidence(f"{len(odd):,} pairs have not two answers: {', '.join(odd[:3])}")


def _digest(name: str) -> bytes:
    # Eight bytes: two ids in a billion lines collide with probability 0.03.
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()


class _Marks(Sequence[Mark]):
    """Show an array of marks as a sequence of nouns, each made when it is looked at."""

    def __init__(self, samples: Sequence[Sample], values: Sequence[float]):
        self.samples, self.values = samples, values

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: Any) -> Any:
        return Mark(self.samples[place].id, self.values[place], "", "")
