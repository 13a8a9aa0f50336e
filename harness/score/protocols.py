"""Score one set of answers under every protocol of its benchmark, and say how far the protocols lie apart.

The answers were asked for once, by one protocol's prompt; only reading, marking and pooling change. So the spread is
what a table's reader cannot see: how much of a difference between two papers may be their scorers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.score import Score
from harness.score.exam import Exam
from harness.score.score import score_in


@dataclass(frozen=True, slots=True)
class Spread:
    """Hold the scores of one set of answers by protocol, and the share of answers that get different marks.

    `asked` names the protocol whose prompt asked.
    """

    asked: str
    scores: tuple[Score, ...]
    disagreement: float

    @property
    def points(self) -> float:
        """Return the highest less the lowest score, on the benchmark's unit."""
        values = [score.value for score in self.scores]
        return max(values) - min(values)


def under_all(exam: Exam, header: PredictionHeader, answers: Sequence[Prediction]) -> Spread:
    """Score answers under every protocol of their benchmark.

    Raises:
        InvalidEvidence: as `score_in`.
    """
    scored = [
        score_in(exam, header.model_copy(update={"protocol": name}), answers) for name in exam.benchmark.protocols
    ]
    marks = zip(*(one.marks for one in scored), strict=True)
    apart = sum(len({mark.value for mark in each}) > 1 for each in marks)
    return Spread(header.protocol, tuple(one.score for one in scored), apart / len(exam.samples))
