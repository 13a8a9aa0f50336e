"""Hold what was promised before a run was judged: how far a number may move, and who says so."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from harness.schema.frozen import Frozen

Redrawn = Literal["repredict", "retrain"]


class Margin(Frozen):
    """State one margin of indifference in points, with the evidence it rests on."""

    points: float = Field(gt=0)
    evidence: str = Field(min_length=1)


class Noise(Frozen):
    """State how far honest repeats of one benchmark lie apart, as measured.

    `changed` is the share of answers whose text differs between two runs, `flipped` that of marks. `spread` is the
    standard deviation of the score between runs in points with its `freedom`; None where only one run is behind it.
    """

    changed: float = Field(ge=0, le=1)
    flipped: float = Field(ge=0, le=1)
    spread: float | None = Field(default=None, gt=0)
    freedom: int | None = Field(default=None, gt=0)
    measured_on: date
    evidence: str = Field(min_length=1)


class Margins(Frozen):
    """State the margins of one regime: per benchmark, a default for the rest, and for means over benchmarks.

    A mean of a category or of all benchmarks moves less than its members, so it has a margin of its own; without one
    nothing about means is judged. `noise` holds what `harness calibrate` measured, by benchmark.
    """

    default: Margin
    benchmarks: dict[str, Margin]
    category: Margin | None = None
    mean: Margin | None = None
    noise: dict[str, Noise] = Field(default_factory=dict)


class Policy(Frozen):
    """Fix the margins, the confidence of intervals and the day, or the moment, all this was fixed.

    Each regime has its own margins, because each redraws other randomness: a margin wide enough for a second training
    would license drift between two predictions from the same weights. Rescoring redraws nothing and has no margin.
    """

    fixed_on: date | AwareDatetime
    confidence: float = Field(gt=0.5, lt=1)
    repredict: Margins
    retrain: Margins

    def margin(self, benchmark: str, regime: Redrawn) -> Margin:
        """Return the margin of a benchmark under a regime, or the regime's default."""
        margins = self.of(regime)
        return margins.benchmarks.get(benchmark, margins.default)

    def of(self, regime: Redrawn) -> Margins:
        """Return everything that is promised about a regime."""
        return self.repredict if regime == "repredict" else self.retrain
