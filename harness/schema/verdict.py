"""Speak a verdict: seven outcomes, six exit codes, and only one of them is success.

CONSISTENT is a capped MATCH: only an aggregate was published, so nothing stronger can be said. It shares INCONCLUSIVE's
exit code, since both say that reproduction was not shown, and a script that waits for 0 must not take it for a MATCH.
"""

from collections.abc import Iterable
from typing import Literal, get_args

from pydantic import Field

from harness.schema.entry import Entry
from harness.schema.frozen import Frozen
from harness.schema.score import Score

Outcome = Literal["MATCH", "DRIFT", "CONSISTENT", "INCONCLUSIVE", "MISMATCH", "INVALID", "ERROR"]
"""From the best to the worst."""
Regime = Literal["rescore", "repredict", "retrain"]

EXIT_CODES: dict[Outcome, int] = {
    "MATCH": 0,
    "DRIFT": 10,
    "MISMATCH": 20,
    "INCONCLUSIVE": 30,
    "CONSISTENT": 30,
    "INVALID": 40,
    "ERROR": 50,
}


Setting = Literal["R0", "R1", "R2", "R3", "R4"]
SETTINGS: dict[Setting, str] = {
    "R0": "marked again: nothing is redrawn",
    "R1": "answered again on the same image and the same kind of processor",
    "R2": "answered again on another platform, or on one that is not known",
    "R3": "trained again with the same seed",
    "R4": "trained again with new seeds",
}


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that speaks for several: a shown difference outranks a doubt, refused evidence both."""
    return max(outcomes, key=get_args(Outcome).index)


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

    `setting` says what the re-run redrew, `gained` and `lost` count the marks that rose and fell, `needed` the answers
    or runs that would settle an INCONCLUSIVE one. `notes` hold what a reader should know beside the outcome, `attempts`
    how many different re-runs the ledger holds of this entry, this one included; `answers` is the digest of what was
    answered again, as the ledger names it.
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
    setting: Setting | None = None
    test: str | None = None
    p_value: float | None = None
    gained: int | None = None
    lost: int | None = None
    needed: int | None = None
    notes: tuple[str, ...] = ()
    attempts: int | None = None
    answers: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @property
    def exit_code(self) -> int:
        """Return the process exit code; 0 for MATCH alone."""
        return EXIT_CODES[self.outcome]
