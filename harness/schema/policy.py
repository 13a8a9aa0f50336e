"""Hold what was promised before a run was judged: how far a number may move, and who says so.

Numbers are taken as they stand: `true`, text and a day counted in seconds are no numbers and no day.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator

from benchmarks.suite import COLUMNS
from harness.schema.frozen import Frozen

# A margin of half the scale would call a model that guesses between two options equal to one that is always right.
WIDEST = 50.0
Redrawn = Literal["repredict", "retrain"]
Points = Annotated[float, Field(gt=0, le=WIDEST, strict=True)]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Evidence = Annotated[str, Field(min_length=1, pattern=r"\S")]


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError(f"a day was expected, not the number {value}")
    return value


def _known(stated: dict[str, Any]) -> dict[str, Any]:
    strange = stated.keys() - {column.name for column in COLUMNS}
    if strange:
        raise ValueError(f"no benchmark {min(strange)!r}: what is promised of it would bind nothing")
    return stated


Day = Annotated[date, BeforeValidator(_no_number)]


class Margin(Frozen):
    """State one margin of indifference in points, with the evidence it rests on."""

    points: Points
    evidence: Evidence


class Noise(Frozen):
    """State how far honest repeats of one benchmark lie apart, as measured.

    `changed` is the share of answers whose text differs between two runs, `flipped` that of marks. `spread` is the
    standard deviation of the score between runs in points with its `freedom`; None where only one run is behind it.
    """

    changed: Share
    flipped: Share
    spread: float | None = Field(default=None, gt=0, le=100, strict=True)
    freedom: int | None = Field(default=None, gt=0, le=10**6, strict=True)
    measured_on: Day
    evidence: Evidence

    @model_validator(mode="after")
    def _whole(self) -> "Noise":
        if (self.spread is None) != (self.freedom is None):
            raise ValueError("a spread has degrees of freedom, and only a spread has")
        return self


class Margins(Frozen):
    """State the margins of one regime: per benchmark, a default for the rest, and for means over benchmarks.

    A mean of a category or of all benchmarks moves less than its members, so it has a margin of its own; without one
    nothing about means is judged. `noise` holds what `harness calibrate` measured, by benchmark.
    """

    default: Margin
    benchmarks: Annotated[dict[str, Margin], AfterValidator(_known)]
    category: Margin | None = None
    mean: Margin | None = None
    noise: Annotated[dict[str, Noise], AfterValidator(_known)] = Field(default_factory=dict)


class Policy(Frozen):
    """Fix the margins, the confidence of intervals and the day, or the moment, all this was fixed.

    Each regime has its own margins, because each redraws other randomness: a margin wide enough for a second training
    would license drift between two predictions from the same weights. Rescoring redraws nothing and has no margin.
    """

    fixed_on: Annotated[date | AwareDatetime, BeforeValidator(_no_number)]
    confidence: float = Field(ge=0.8, le=0.99, strict=True)
    repredict: Margins
    retrain: Margins

    def margin(self, benchmark: str, regime: Redrawn) -> Margin:
        """Return the margin of a benchmark under a regime, or the regime's default."""
        margins = self.of(regime)
        return margins.benchmarks.get(benchmark, margins.default)

    def of(self, regime: Redrawn) -> Margins:
        """Return everything that is promised about a regime."""
        return self.repredict if regime == "repredict" else self.retrain
