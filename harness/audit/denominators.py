"""Infer from printed rates alone how many units they count: which n fit all cells, and whether chance would do so.

For one n, a random value printed on the grid of M = top / u marks fits k/n by rounding with probability

    share(n) = (2 floor(n / 2g) + 1) g / M,  g = gcd(n, M), at most 1,

because X n mod M takes every multiple of g equally often. Different values of a column are taken as independent, so the
number of n in a range that fit all of them by chance is expected to be the sum over n of the product of the shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import gcd, prod

import numpy as np

from harness.audit.finding import Finding, places
from harness.audit.interval import Printed, spoken
from harness.audit.table import Field, Table

FEWEST = 3
MOST_UNITS = 20_000
MOST_VALUES = 200
SURE = 0.01
# Residues must stay below 2^63: a million marks times twenty thousand units does.
MOST_MARKS = 10**9


@dataclass(frozen=True, slots=True)
class Common:
    """Hold the smallest count that fits, its nearest rivals, and how many fits chance alone would give up to it."""

    n: int
    others: tuple[int, ...]
    chance: float


@cache
def share(n: int, marks: int) -> float:
    """Return the share of all printable values that are k/n by rounding."""
    step = gcd(n, marks)
    return min(1.0, (2 * ((n // 2) // step) + 1) * step / marks)


def common(numbers: Sequence[Printed], top: int, low: int, high: int, no_multiple_of: int = 0) -> Common | None:
    """Find the counts from `low` to `high` under which every number is attainable by rounding.

    Multiples of a count that fits most cells fit them too and prove nothing; `no_multiple_of` leaves them out.
    """
    high = min(high, MOST_UNITS)
    different = list(dict.fromkeys(numbers))[:MOST_VALUES]
    marks = {number: top * 10**number.decimals for number in different}
    if low > high or not different or max(marks.values()) > MOST_MARKS:
        return None
    counts = np.arange(low, high + 1, dtype=np.int64)
    fits = np.ones(len(counts), dtype=bool)
    for number in different:
        rest = (number.scaled_integer() * counts) % marks[number]
        fits &= 2 * np.minimum(rest, marks[number] - rest) <= counts
    if no_multiple_of:
        fits &= counts % no_multiple_of != 0
    found = counts[fits]
    if len(found) == 0:
        return None
    smallest = int(found[0])
    chance = float(sum(prod(share(n, marks[it]) for it in different) for n in range(low, smallest + 1)))
    return Common(smallest, tuple(int(n) for n in found[1:4]), chance)


def check(table: Table) -> list[Finding]:
    """Name the count of every column of rates whose number of units nobody states, where the cells give it away."""
    found: list[Finding] = []
    for column, field in enumerate(table.fields):
        if not field.is_score or field.steps is not None or not _is_rate(field):
            continue
        cells = [(row, cell.number) for row, cell in table.numbers(column) if cell.number and not cell.spread]
        numbers = [number for _, number in cells]
        if len(set(numbers)) < FEWEST:
            continue
        best = common(numbers, field.top, 2, MOST_UNITS)
        if best is None or best.chance >= SURE:
            continue
        rivals = f"; then {', '.join(f'{n:,}' for n in best.others)}" if best.others else ""
        found.append(
            Finding(
                "denominator",
                "note",
                places(table, [(row, column) for row, _ in cells]),
                f"the smallest n for which all {len(set(numbers))} different values are {field.top} x k / n is "
                f"{best.n:,} ({spoken(numbers[0].value)} = {round(numbers[0].value * best.n / field.top)}/{best.n})"
                f"{rivals}; up to it, random values would leave {best.chance:.1g} such n on average",
                f"Most likely {field.label} counts {best.n:,} units, or a multiple of it.",
            )
        )
    return found


def _is_rate(field: Field) -> bool:
    if field.meaning.declared:
        return False
    return field.meaning.benchmark is None or field.meaning.benchmark.counting in ("items", "pairs", "groups")
