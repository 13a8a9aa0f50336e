"""Hold a benchmark's questions with what every score over them shares, so that a table is marked in linear time.

Models of one table give the same few answers to a question, so a mark is kept by question and answer. The blind
baseline, the chance level and the clusters depend on the questions alone. Nothing kept here changes a number: marking
is a pure function of sample and answer.
"""

from collections.abc import Sequence
from functools import cached_property

from benchmarks import blind
from benchmarks.card import Benchmark, Mark, Protocol, Sample
from harness.schema.columns import texts_of
from harness.schema.prediction import Prediction
from harness.score.uncertainty import clusters_of


class Exam:
    """Hold the samples of a benchmark, the digest of them, and the marks given so far."""

    def __init__(self, benchmark: Benchmark, samples: Sequence[Sample], digest: str):
        self.benchmark, self.samples, self.digest = benchmark, samples, digest
        self._marks: dict[str, list[dict[str, Mark]]] = {}
        self._blind: dict[str, float] = {}
        self._chance: dict[str, float] = {}

    @cached_property
    def clusters(self) -> dict[str, list[int]]:
        """Return the positions of the samples of each cluster, clusters in order of their names."""
        return clusters_of(self.samples)

    def marks(self, protocol: Protocol, answers: Sequence[Prediction]) -> tuple[Mark, ...]:
        """Mark answers in the samples' order."""
        if protocol.name not in self._marks:
            self._marks[protocol.name] = [{} for _ in self.samples]
        found = []
        for sample, text, seen in zip(self.samples, texts_of(answers), self._marks[protocol.name], strict=True):
            mark = seen.get(text)
            if mark is None:
                mark = seen[text] = protocol.mark(sample, text)
            found.append(mark)
        return tuple(found)

    def blind(self, protocol: Protocol) -> float:
        """Return the score of the best constant answer per kind of question."""
        if protocol.name not in self._blind:
            self._blind[protocol.name] = blind.best_constant(self.samples, protocol)
        return self._blind[protocol.name]

    def chance(self, protocol: Protocol) -> float:
        """Return the card's chance level, or that of a uniform guess where it depends on each question's options."""
        if protocol.name not in self._chance:
            stated = self.benchmark.chance
            self._chance[protocol.name] = blind.uniform_guess(self.samples, protocol) if stated is None else stated
        return self._chance[protocol.name]
