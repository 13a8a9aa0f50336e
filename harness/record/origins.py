"""Find the records of runs by what they left or took: weights, answers, a score.

A table of entries asks this for each of its entries, so that looking through all records every time would grow with the
square of the table; here they are read once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.record.checkpoints import weights_of
from harness.schema.run import RunRecord


@dataclass(frozen=True, slots=True)
class Origins:
    """Hold the first record of each.

    `trained` goes by the digest of the weights, `predicted` by the SHA-256 of each file that was left, `scored` by that
    of the answers that were taken.
    """

    trained: dict[str, RunRecord] = field(default_factory=dict)
    predicted: dict[str, RunRecord] = field(default_factory=dict)
    scored: dict[str, RunRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Iterable[RunRecord]) -> "Origins":
        """Read records in their order."""
        found = cls()
        for run in runs:
            if run.kind == "train":
                found.trained.setdefault(weights_of(run), run)
            elif run.kind == "predict":
                for output in run.outputs.values():
                    found.predicted.setdefault(output.sha256, run)
            elif run.kind == "score" and "predictions" in run.inputs:
                found.scored.setdefault(run.inputs["predictions"], run)
        return found
