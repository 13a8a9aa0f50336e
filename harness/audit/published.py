"""Judge a score against a published one: CONSISTENT at best, for a number without predictions shows no more.

With our value x over n units and the published y over m (both 0-100, p = value / 100), the difference x - y has

    s^2 = SE(x)^2 + SE(y)^2,   SE(y) = 100 sqrt(p (1 - p) / m),   SE(x) as stated, else the same rule,

as if the two had answered different questions. On the same questions this is too wide, never too narrow: paired answers
are correlated and their variances partly cancel. The interval is x - y +- (z s + r), r half a unit of the printed
digits of both. Whoever has repeated the run R times knows its spread d better than the sizes do: then it is the
prediction interval of one more run, x - y +- (t sqrt(2) d + r) with R - 1 degrees of freedom.

| the interval | verdict |
|---|---|
| lies inside the margin | CONSISTENT; where it leaves out 0 the difference is named real |
| holds 0 and reaches beyond the margin | INCONCLUSIVE: the sizes cannot tell |
| leaves out 0 and reaches beyond the margin | MISMATCH |

Another protocol or other questions than ours make every verdict INCONCLUSIVE: unlike things are not compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

from scipy import stats

from harness.audit.granularity import fit
from harness.audit.headers import recognise
from harness.audit.mapping import Mapping
from harness.audit.transcribed import Published
from harness.errors import UsageError
from harness.schema.verdict import Interval

CONFIDENCE = 0.90
# One picture pair of MME counts 0, 50 or 200 of 2000; the sum's standard error at its worst is 34.6, that is 1.73 here.
WORST_MME = 1.73

Agreement = Literal["CONSISTENT", "INCONCLUSIVE", "MISMATCH"]


@dataclass(frozen=True, slots=True)
class Ours:
    """Hold a score on 0-100 that is to be held against published ones.

    `n` is how many units it counts, `standard_error` its own if known, `protocol` by which it was marked if stated,
    `rounding` half a unit of its last printed digit in points, `unlike` why its questions are not the published ones.
    """

    benchmark: str
    value: float
    n: int
    standard_error: float | None = None
    protocol: str = ""
    rounding: float = 0.0
    unlike: str = ""

    def __post_init__(self) -> None:
        if self.n <= 0 or not 0 <= self.value <= 100:
            raise UsageError(
                f"{self.benchmark}: expected a value in 0-100 over n > 0 units; came {self.value}, {self.n}"
            )
        if self.standard_error is not None and not (isfinite(self.standard_error) and self.standard_error >= 0):
            raise UsageError(f"{self.benchmark}: expected a standard error of at least 0; came {self.standard_error}")


@dataclass(frozen=True, slots=True)
class Repeats:
    """Hold the standard deviation of one run's score in points, measured over `runs` runs."""

    spread: float
    runs: int

    def __post_init__(self) -> None:
        if not (isfinite(self.spread) and self.spread > 0) or self.runs < 2:
            raise UsageError(f"expected a spread above 0 points over 2 runs at least; came {self.spread}, {self.runs}")


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
    ours: Ours, published: Published, margin: float, *, confidence: float = CONFIDENCE, repeats: Repeats | None = None
) -> Comparison:
    """Judge one score against one published score; `margin` is in points, `repeats` replaces the sizes.

    Raises:
        UsageError: the published row is an average or of another benchmark; a margin is not positive.
    """
    if published.what != recognise([ours.benchmark]).name or published.is_average:
        raise UsageError(f"'{published.benchmark}' of {published.model} is not comparable with '{ours.benchmark}'")
    if not 0 < margin < 100 or not 0.5 < confidence < 1:
        raise UsageError(f"expected a margin in (0, 100) and a confidence in (0.5, 1); came {margin} and {confidence}")
    value = float(published.on_suite)
    level = (1 + confidence) / 2
    if repeats:
        noise = float(stats.t.ppf(level, repeats.runs - 1)) * sqrt(2) * repeats.spread
    else:
        noise = float(stats.norm.ppf(level)) * sqrt(_error(ours) ** 2 + _printed_error(published, value) ** 2)
    half = noise + published.rounding + ours.rounding
    difference = ours.value - value
    interval = Interval(low=difference - half, high=difference + half, confidence=confidence)
    real = not interval.low <= 0 <= interval.high
    inside = -margin <= interval.low and interval.high <= margin
    between = f"the difference of {difference:+.2f} lies between {interval.low:+.2f} and {interval.high:+.2f}"
    between = f"{between} ({confidence:.0%} interval)"
    agreement: Agreement = "CONSISTENT" if inside else "MISMATCH" if real else "INCONCLUSIVE"
    if apart := unlikeness(ours, published):
        agreement, why = "INCONCLUSIVE", f"{between}, but {apart}: unlike things are not compared"
    elif inside:
        shown = ", real but inside" if real else ", inside"
        why = f"{between}{shown} the margin of {margin:g} points; a printed number alone cannot show a match"
    elif real:
        why = f"{between}, which leaves out zero and reaches beyond the margin of {margin:g} points"
        why += _doubt(published)
    else:
        why = f"{between}, beyond the margin of {margin:g} points: {ours.n:,} units cannot tell"
    if not apart and not (ours.protocol and published.protocol):
        why += "; that both were marked alike is not stated"
    return Comparison(ours, published, agreement, difference, interval, margin, why)


def unlikeness(ours: Ours, published: Published) -> str:
    """Say in a few words why two scores are not of one kind, or nothing where they may be."""
    if ours.unlike:
        return ours.unlike
    if ours.protocol and published.protocol and ours.protocol != published.protocol:
        return f"ours was marked by {ours.protocol}, the published one by {published.protocol} ({published.metric})"
    return ""


def rows_of(model: str, benchmark: str, published: Iterable[Published], mapping: Mapping) -> Sequence[Published]:
    """List the published scores of a model on a benchmark, in the order of the file."""
    wanted, what = mapping.model(model), recognise([benchmark]).name
    return [row for row in published if row.what == what and mapping.model(row.model) == wanted]


def _error(ours: Ours) -> float:
    if ours.standard_error is not None:
        return ours.standard_error
    return WORST_MME if recognise([ours.benchmark]).name == "mme" else _binomial(ours.value, ours.n)


def _binomial(value: float, n: int) -> float:
    """Return 100 sqrt(p (1 - p) / n), with p kept off 0 and 1 by half a unit, where the rule would claim certainty."""
    share = min(max(value / 100, 0.5 / n), 1 - 0.5 / n)
    return 100 * sqrt(share * (1 - share) / n)


def _printed_error(published: Published, value: float) -> float:
    if published.what == "mme":
        return WORST_MME
    return _binomial(value, published.units) if published.units else 0.0


def _doubt(published: Published) -> str:
    column = published.column
    counted = column is not None and column.counting in ("items", "pairs") and column.steps is not None
    if not counted or column is None or column.steps is None:
        return ""
    if fit(published.number, published.top, column.steps).plainly:
        return ""
    return f"; the published {published.reported} is no k/{column.steps:,} either"
