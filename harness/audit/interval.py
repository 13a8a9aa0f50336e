"""Reckon with printed numbers exactly: a number printed to d decimals stands for an interval, not for a point.

With u = 10^-d, one unit in the last printed place, x printed may have been any value of

    [x - u/2, x + u/2]   if it was rounded to the nearest, whatever became of ties (so both ends belong to it);
    [x, x + u)           if it was cut off;
    (x - u, x]           if it was rounded up.

All arithmetic is on fractions, so no finding rests on a float's own rounding. Interval arithmetic: Moore, Interval
Analysis (1966); for sums and positive multiples the results are exact, not merely enclosing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

# A float printed in full carries the noise of the sum behind it; beyond twelve digits nothing is read from it.
MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """Hold the closed interval [low, high]."""

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        assert self.low <= self.high, (self.low, self.high)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __rsub__(self, number: int) -> "Interval":
        return Interval(number - self.high, number - self.low)

    def __truediv__(self, other: "Interval") -> "Interval":
        return self.over(other)

    def scaled(self, factor: Fraction | int) -> "Interval":
        """Multiply by a number that is not negative."""
        assert factor >= 0, factor
        return Interval(self.low * factor, self.high * factor)

    def over(self, other: "Interval") -> "Interval":
        """Divide by an interval of positive numbers."""
        assert other.low > 0, other
        ends = [top / bottom for top in (self.low, self.high) for bottom in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def meets(self, other: "Interval") -> bool:
        """Tell whether the two have a point in common, ends included."""
        return self.low <= other.high and other.low <= self.high

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether the two have more than an end in common."""
        return self.low < other.high and other.low < self.high

    def __contains__(self, value: Fraction) -> bool:
        return self.low <= value <= self.high


def mean(intervals: Iterable[Interval]) -> Interval:
    """Average intervals of independent values: the mean of the low ends to the mean of the high ends."""
    members = list(intervals)
    assert members
    return Interval(
        Fraction(sum(member.low for member in members), len(members)),
        Fraction(sum(member.high for member in members), len(members)),
    )


@dataclass(frozen=True, slots=True)
class Printed:
    """Hold a number as it is printed: its value and how many decimals carry its rounding."""

    value: Fraction
    decimals: int

    @property
    def unit(self) -> Fraction:
        """Return one unit in the last printed place."""
        return Fraction(1, 10**self.decimals)

    @property
    def nearest(self) -> Interval:
        """Return what it stands for if it was rounded to the nearest."""
        return Interval(self.value - self.unit / 2, self.value + self.unit / 2)

    @property
    def cut(self) -> Interval:
        """Return what it stands for if it was cut off; the upper end itself does not belong to it."""
        return Interval(self.value, self.value + self.unit)

    def scaled_integer(self) -> int:
        """Return the value in units of its last printed place."""
        return int(self.value * 10**self.decimals)


def printed(digits: str) -> Printed:
    """Read plain digits such as `-12.50`; digits beyond the twelfth are rounded away.

    Raises:
        ValueError: the text is not digits with at most one point and one sign.
    """
    body = digits.lstrip("+-")
    whole, _, decimals = body.partition(".")
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit() or len(digits) - len(body) > 1:
        raise ValueError(f"no plain number: {digits!r}")
    value = Fraction(int(whole + decimals), 10 ** len(decimals)) * (-1 if digits.startswith("-") else 1)
    kept = max(0, min(len(decimals), MOST_DIGITS - len(whole.lstrip("0"))))
    if kept < len(decimals):
        value = Fraction(round(value * 10**kept), 10**kept)
    return Printed(value, kept)


def spoken(value: Fraction, most: int = 6) -> str:
    """Write a fraction as the shortest decimal that is exact, or to `most` decimals with a mark that it goes on."""
    for places in range(most + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return _placed(int(scaled), places)
    return _placed(round(value * 10**most), most) + "…"


def _placed(units: int, places: int) -> str:
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def spoken_interval(interval: Interval, most: int = 4) -> str:
    """Write an interval as `[12.345, 12.355]`."""
    return f"[{spoken(interval.low, most)}, {spoken(interval.high, most)}]"
