"""Hold what a verdict is spoken over: the questions, one run's answers, and what the reference says of an entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from benchmarks.card import Benchmark, Sample
from harness.errors import InvalidEvidence
from harness.record import prompts
from harness.schema.canary import Canaries
from harness.schema.fingerprint import Fingerprint
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.score import Score
from harness.score.exam import Exam


@dataclass(frozen=True, slots=True)
class Answers:
    """Hold one run's raw answers to one benchmark under their header, with when and where they were made if known.

    `canaries` is None where the run kept none.
    """

    header: PredictionHeader
    predictions: Sequence[Prediction]
    started: datetime | None = None
    fingerprint: Fingerprint | None = None
    canaries: Canaries | None = None


@dataclass(frozen=True)
class Questions:
    """Hold a benchmark with its samples as they were loaded and checked here, and their digest; use it again."""

    benchmark: Benchmark
    samples: Sequence[Sample]
    digest: str

    @cached_property
    def exam(self) -> Exam:
        """Return the exam that marks answers to these questions, and remembers them."""
        return Exam(self.benchmark, self.samples, self.digest)

    @cached_property
    def _worded(self) -> dict[str, str]:
        """Keep the digest of the prompts of each protocol that a run named so far."""
        return {}

    def demand_worded(self, header: PredictionHeader) -> None:
        """Demand that a run asked these questions in the words of its protocol, which are written again here.

        Raises:
            InvalidEvidence: the prompts were others, or there is no such protocol.
        """
        protocols = self.benchmark.protocols
        if header.protocol not in protocols:
            known = ", ".join(protocols)
            raise InvalidEvidence(
                f"{header.entry.slug}: no protocol '{header.protocol}' of {self.benchmark.name}: {known}"
            )
        if header.protocol not in self._worded:
            self._worded[header.protocol] = prompts.digest(self.samples, protocols[header.protocol])
        if header.prompts != self._worded[header.protocol]:
            raise InvalidEvidence.digest(
                f"{header.entry.slug}: the prompts",
                self._worded[header.protocol],
                header.prompts,
                f"These questions were not asked in the words of '{header.protocol}'.",
            )


@dataclass(frozen=True, slots=True)
class Stored:
    """Hold what the reference says of one entry: the score, and the answers that must give it."""

    score: Score
    answers: Answers
