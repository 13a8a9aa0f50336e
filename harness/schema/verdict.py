"""Speak a verdict: six outcomes, six exit codes, and only one of them is success."""

from typing import Literal

from pydantic import Field

from harness.schema.entry import Entry
from harness.schema.frozen import Frozen
from harness.schema.score import Score

Outcome = Literal["MATCH", "DRIFT", "MISMATCH", "INCONCLUSIVE", "INVALID", "ERROR"]
Regime = Literal["rescore", "repredict", "retrain"]

EXIT_CODES: dict[Outcome, int] = {
    "MATCH": 0,
    "DRIFT": 10,
    "MISMATCH": 20,
    "INCONCLUSIVE": 30,
    "INVALID": 40,
    "ERROR": 50,
}


class Interval(Frozen):
    """Bound a difference, in points, at a stated confidence."""

    low: float
    high: float
    confidence: float = Field(gt=0.5, lt=1)


class Verdict(Frozen):
    """Judge one entry: the stored score against the re-run.

    `difference` is re-run minus stored, `allowed` the policy's margin of indifference (both in points); `identical`
    counts the answers whose text is the same in both; `policy` is the digest of the policy that was applied. INVALID
    and ERROR carry no numbers.
    """

    entry: Entry
    regime: Regime
    outcome: Outcome
    why: str = Field(min_length=1)
    policy: str
    stored: Score | None = None
    rerun: Score | None = None
    difference: float | None = None
    interval: Interval | None = None
    allowed: float | None = None
    identical: int | None = None

    @property
    def exit_code(self) -> int:
        """Return the process exit code; 0 for MATCH alone."""
        return EXIT_CODES[self.outcome]
