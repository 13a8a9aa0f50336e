"""Judge a score of ours against a published one: CONSISTENT at best, for a number without predictions shows no more.

With our value x over n units and the published y over m (both 0-100, p = value / 100), the difference x - y has

    s^2 = SE(x)^2 + SE(y)^2,   SE(y) = 100 sqrt(p (1 - p) / m),   SE(x) as stated, else the same rule,

as if the two had answered different questions. On the same questions this is too wide, never too narrow: paired answers
are correlated and their variances partly cancel. A calibrated spread of the difference replaces s where there is one.
The interval is x - y +- (z s + r), r half a unit of the published digits.

| the interval | verdict |
|---|---|
| leaves out 0 | NOT CONSISTENT |
| holds 0 and lies inside the margin | CONSISTENT |
| holds 0 and reaches beyond the margin | UNDECIDED: the sizes cannot tell |

Another protocol or split than ours makes every verdict UNDECIDED: it would be a comparison of unlike things.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from scipy import stats

from benchmarks.suite import find_column
from harness.audit.granularity import fit
from harness.audit.mapping import Mapping
from harness.audit.transcribed import Published
from harness.errors import UsageError
from harness.schema.verdict import Interval

CONFIDENCE = 0.95
# One picture pair of MME counts 0, 50 or 200 of 2000; the sum's standard error at its worst is 34.6, that is 1.73 here.
WORST_MME = 1.73

Agreement = Literal["CONSISTENT", "NOT CONSISTENT", "UNDECIDED"]


@dataclass(frozen=True, slots=True)
class Ours:
    """Hold a score of ours on 0-100: units it counts, standard error if known, and the protocol it was marked by."""

    benchmark: str
    value: float
    n: int
    standard_error: float | None = None
    protocol: str = ""

    def __post_init__(self) -> None:
        if self.n <= 0 or not 0 <= self.value <= 100:
            raise UsageError(
                f"{self.benchmark}: expected a value in 0-100 over n > 0 units; came {self.value}, {self.n}"
            )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold one verdict: the published row, the difference ours - published in points, and its interval."""

    ours: Ours
    published: Published
    agreement: Agreement
    difference: float
    interval: Interval
    margin: float
    why: str


def compare(
    ours: Ours,
    published: Published,
    margin: float,
    *,
    like: bool = True,
    spread: float | None = None,
    confidence: float = CONFIDENCE,
) -> Comparison:
    """Judge one score of ours against one published score.

    `margin` is in points; `like` says that protocol and split are the same; `spread` is a calibrated standard deviation
    of the difference in points, where one exists.

    Raises:
        UsageError: the published row is no column of the suite, or of another benchmark; a margin is not positive.
    """
    column = published.column
    if column is None or published.suite is None or column != find_column(ours.benchmark):
        raise UsageError(f"'{published.benchmark}' of {published.model} is not comparable with '{ours.benchmark}'")
    if margin <= 0 or not 0.5 < confidence < 1:
        raise UsageError(f"expected a margin above 0 and a confidence in (0.5, 1); came {margin} and {confidence}")
    value = float(published.suite)
    noise = spread if spread is not None else sqrt(_error(ours) ** 2 + _printed_error(published, value) ** 2)
    rounding = float(published.number.unit) / 2 * 100 / published.top
    half = float(stats.norm.ppf((1 + confidence) / 2)) * noise + rounding
    difference = ours.value - value
    interval = Interval(low=difference - half, high=difference + half, confidence=confidence)
    holds = interval.low <= 0 <= interval.high
    inside = -margin <= interval.low and interval.high <= margin
    between = f"the difference of {difference:+.2f} lies between {interval.low:+.2f} and {interval.high:+.2f}"
    if not like:
        why = f"{between}, but protocol or split differ ({published.metric}): unlike things are not compared"
        return Comparison(ours, published, "UNDECIDED", difference, interval, margin, why)
    if not holds:
        why = f"{between} ({confidence:.0%} interval), which leaves out zero"
        return Comparison(ours, published, "NOT CONSISTENT", difference, interval, margin, why + _doubt(published))
    if inside:
        why = f"{between}, inside the margin of {margin:g} points; a printed number alone cannot show a match"
        return Comparison(ours, published, "CONSISTENT", difference, interval, margin, why)
    why = f"{between}, beyond the margin of {margin:g} points: {ours.n:,} units cannot tell"
    return Comparison(ours, published, "UNDECIDED", difference, interval, margin, why)


def rows_of(model: str, benchmark: str, published: Iterable[Published], mapping: Mapping) -> Sequence[Published]:
    """List the published scores of a model on a column of the suite, in the order of the file."""
    wanted, column = mapping.model(model), find_column(benchmark)
    return [row for row in published if mapping.model(row.model) == wanted and row.column == column]


def _error(ours: Ours) -> float:
    return ours.standard_error if ours.standard_error is not None else _binomial(ours.value, ours.n)


def _binomial(value: float, n: int) -> float:
    """Return 100 sqrt(p (1 - p) / n), with p kept off 0 and 1 by half a unit, where the rule would claim certainty."""
    share = min(max(value / 100, 0.5 / n), 1 - 0.5 / n)
    return 100 * sqrt(share * (1 - share) / n)


def _printed_error(published: Published, value: float) -> float:
    column = published.column
    assert column is not None
    if column.name == "mme":
        return WORST_MME
    return _binomial(value, column.units) if column.units else 0.0


def _doubt(published: Published) -> str:
    column = published.column
    counted = column is not None and column.counting in ("items", "pairs") and column.steps is not None
    if not counted or column is None or column.steps is None:
        return ""
    if fit(published.number, published.top, column.steps).plainly:
        return ""
    return f"; the published {published.reported} is no k/{column.steps:,} either"
