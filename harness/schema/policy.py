"""Hold what was promised before a run was judged: how far a number may move, and who says so."""

from datetime import date
from typing import Literal

from pydantic import Field

from harness.schema.frozen import Frozen

Redrawn = Literal["repredict", "retrain"]


class Margin(Frozen):
    """State one margin of indifference in points, with the evidence it rests on."""

    points: float = Field(gt=0)
    evidence: str = Field(min_length=1)


class Margins(Frozen):
    """State the margins of one regime: per benchmark, and a default for the rest."""

    default: Margin
    benchmarks: dict[str, Margin]


class Policy(Frozen):
    """Fix the margins, the confidence of intervals and the day all this was fixed.

    Each regime has its own margins, because each redraws other randomness: a margin wide enough for a second training
    would license drift between two predictions from the same weights. Rescoring redraws nothing and has no margin.
    """

    fixed_on: date
    confidence: float = Field(gt=0.5, lt=1)
    repredict: Margins
    retrain: Margins

    def margin(self, benchmark: str, regime: Redrawn) -> Margin:
        """Return the margin of a benchmark under a regime, or the regime's default."""
        margins = self.repredict if regime == "repredict" else self.retrain
        return margins.benchmarks.get(benchmark, margins.default)
