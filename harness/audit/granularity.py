"""Ask of every printed rate whether it is k of n at all.

A rate over n scoring units is top x k / n for a whole k. Printed as x with unit u = 10^-d it is attainable

    by rounding     if some top x k / n lies in [x - u/2, x + u/2],
    by cutting off  if some lies in [x, x + u),
    by rounding up  if some lies in (x - u, x],
    by rounding twice if some lies within 0.55 u (first to one more decimal, then to d).

With X = x / u, M = top / u and r = X n mod M all four are comparisons of whole numbers: 2 min(r, M - r) <= n,
(M - r) mod M < n, r < n, 20 min(r, M - r) <= 11 n. Nothing but an attainable neighbour further than u away is called
impossible. Soft and summed scores are tested on their own grid; where none is known the test does not apply.

The idea is the GRIM test: Brown and Heathers, Social Psychological and Personality Science 8 (2017).
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from harness.audit.denominators import Common, common, share
from harness.audit.finding import Finding, place, places
from harness.audit.interval import Printed, spoken
from harness.audit.scales import slipped
from harness.audit.table import Field, Table

FEWEST = 3
SURE = 0.01


@dataclass(frozen=True, slots=True)
class Fit:
    """Say by which rules a printed rate is attainable."""

    rounded: bool
    cut: bool
    up: bool
    twice: bool

    @property
    def plainly(self) -> bool:
        """Tell whether an everyday rule explains the value."""
        return self.rounded or self.cut

    @property
    def somehow(self) -> bool:
        """Tell whether any rule at all explains it."""
        return self.rounded or self.cut or self.up or self.twice


def fit(number: Printed, top: int, steps: int) -> Fit:
    """Ask by which rules a printed number is top x k / steps."""
    modulus = top * 10**number.decimals
    rest = (number.scaled_integer() * steps) % modulus
    near = min(rest, modulus - rest)
    return Fit(2 * near <= steps, (modulus - rest) % modulus < steps, rest < steps, 20 * near <= 11 * steps)


def check(table: Table) -> list[Finding]:
    """Test every column whose number of steps is known."""
    found: list[Finding] = []
    for column, field in enumerate(table.fields):
        if field.is_score and field.steps is not None:
            found += _column(table, column, field, field.steps * table.runs)
    return found


def _column(table: Table, column: int, field: Field, steps: int) -> list[Finding]:
    slips = slipped(table, column)
    cells = [
        (row, cell.number)
        for row, cell in table.numbers(column)
        if cell.number and not cell.spread and 0 <= cell.value <= field.top and row not in slips
    ]
    fits = {row: fit(number, field.top, steps) for row, number in cells}
    odd = [(row, number) for row, number in cells if not fits[row].plainly]
    if odd:
        hopeless = any(not fits[row].somehow for row, _ in odd)
        other = _another_count(table, column, field, cells, [number for _, number in odd], steps) if hopeless else None
        plain = [number for row, number in cells if fits[row].plainly]
        proven = len(set(plain)) >= FEWEST and _chance(plain, field.top, steps) < SURE
        return [other] if other else [_cell(table, row, column, field, steps, fits, proven) for row, _ in odd]
    only_rounded = [row for row, it in fits.items() if it.rounded and not it.cut]
    only_cut = [row for row, it in fits.items() if it.cut and not it.rounded]
    if only_rounded and only_cut:
        return [_mixed(table, column, field, steps, only_rounded, only_cut)]
    return []


def _another_count(
    table: Table, column: int, field: Field, cells: list[tuple[int, Printed]], odd: list[Printed], steps: int
) -> Finding | None:
    """Report one finding for the column, where one other count explains all its cells and chance would not.

    What fits n also fits its multiples, so for a count that circulates only the odd cells are evidence.
    """
    numbers = [number for _, number in cells]
    if len(set(numbers)) < FEWEST:
        return None
    at = [(row, column) for row, _ in cells]
    known = field.meaning.benchmark.other_units if field.meaning.benchmark and field.units is None else ()
    for units, what in known:
        chance = _chance(odd, field.top, units)
        if chance < SURE and all(fit(number, field.top, units).plainly for number in numbers):
            return Finding(
                "denominator",
                "inconsistent",
                places(table, at),
                f"{len(odd)} of {len(numbers)} cells are no {field.top} x k / {steps:,}; all are {field.top} x k / "
                f"{units:,}. Random values in those {len(odd)} would fit {units:,} with probability {chance:.1g}",
                f"The column seems to count {units:,} ({what}) where {field.meaning.name} has {steps:,}. "
                "If that is meant, its header should say so; it is not comparable with the usual score.",
            )
    best: Common | None = common(numbers, field.top, 2, 2 * steps - 1, steps)
    if best is None or best.chance >= SURE:
        return None
    chosen = field.meaning.benchmark is not None and field.meaning.benchmark.counting == "groups"
    return Finding(
        "denominator",
        "unexplained" if chosen else "inconsistent",
        places(table, at),
        f"{len(odd)} of {len(numbers)} cells are no {field.top} x k / {steps:,}, rounded or cut off "
        f"({_neighbours(odd[0], field.top, steps)}). The smallest n that fits all {len(numbers)} is {best.n:,} "
        f"({_examples(numbers, field.top, best.n)}); up to it, random values would leave {best.chance:.1g} such n on "
        "average",
        f"The column does not count {field.meaning.name}'s {steps:,} units but most likely {best.n:,}: questions left "
        "out, repeated or grouped otherwise, or another release or split. Each cell alone may be right; the column "
        "does not count what its label says.",
    )


def _examples(numbers: list[Printed], top: int, n: int) -> str:
    shown = [f"{spoken(it.value)} = {round(it.value * n / top)}/{n}" for it in list(dict.fromkeys(numbers))[:3]]
    return ", ".join(shown)


def _chance(numbers: list[Printed], top: int, n: int) -> float:
    product = 1.0
    for number in set(numbers):
        product *= share(n, top * 10**number.decimals)
    return product


def _neighbours(number: Printed, top: int, steps: int) -> str:
    """Spell out the attainable values below and above a printed one."""
    low = number.value * steps // top
    below, above = Fraction(top * low, steps), Fraction(top * (low + 1), steps)
    scale = f"{top} x " if top != 1 else ""
    return (
        f"{spoken(number.value, 9)} x {steps:,} / {top} = {spoken(number.value * steps / top)}, no whole number; the "
        f"nearest attainable are {scale}{low:,}/{steps:,} = {spoken(below, 4)} and {scale}{low + 1:,}/{steps:,} = "
        f"{spoken(above, 4)}"
    )


def _cell(table: Table, row: int, column: int, field: Field, steps: int, fits: dict[int, Fit], proven: bool) -> Finding:
    """Judge one cell that no everyday rule explains; `proven` says that the other cells give the count away."""
    number = table.cells[row, column].number
    assert number is not None
    arithmetic = _neighbours(number, field.top, steps)
    name = field.meaning.name
    mine = fits[row]
    if mine.somehow:
        how = "by rounding twice" if mine.twice else "by rounding up"
        return Finding(
            "granularity",
            "unexplained",
            (place(table, row, column),),
            f"{arithmetic}; neither rounds nor cuts off to {spoken(number.value, 9)}, which is reached {how} only",
            f"{name} counts {steps:,} units. A second rounding of an already rounded number would explain it.",
        )
    known = field.meaning.benchmark.other_units if field.meaning.benchmark and field.units is None else ()
    fitting = [(units, what) for units, what in known if fit(number, field.top, units).plainly]
    if fitting:
        units, what = fitting[0]
        random = share(units, field.top * 10**number.decimals)
        exact = Fraction(number.value * units, field.top)
        kth = round(exact) if fit(number, field.top, units).rounded else ceil(exact)
        return Finding(
            "granularity",
            "inconsistent",
            (place(table, row, column),),
            f"{arithmetic}: it is no k/{steps:,}. It is {kth:,}/{units:,} (as {random:.0%} of all values would be)",
            f"{name} counts {steps:,} units; this cell fits {units:,}, {what}. Then it is another metric under the "
            "same label, and its column compares unlike things; otherwise the value is wrong.",
        )
    # How questions are grouped is the scorer's choice: a count of groups binds only a column that shows it.
    chosen = field.meaning.benchmark is not None and field.meaning.benchmark.counting == "groups" and not proven
    return Finding(
        "granularity",
        "unexplained" if chosen else "impossible",
        (place(table, row, column),),
        f"{arithmetic}; both are more than {spoken(number.unit, 12)} away: no rounding gives {spoken(number.value, 9)}",
        f"No model can score this on {name}'s {steps:,} units: a misprint, another split or release, or a mean over "
        "runs or classes that the table does not state.",
    )


def _mixed(table: Table, column: int, field: Field, steps: int, rounded: list[int], cut: list[int]) -> Finding:
    def shown(row: int) -> str:
        number = table.cells[row, column].number
        assert number is not None
        return f"{spoken(number.value, 9)} ({_neighbours(number, field.top, steps)})"

    return Finding(
        "granularity",
        "unexplained",
        places(table, [(row, column) for row in (*rounded[:3], *cut[:3])]),
        f"only rounding gives {shown(rounded[0])}; only cutting off gives {shown(cut[0])}",
        f"No single rounding rule gives all cells of {field.meaning.name}: {len(rounded)} need rounding, {len(cut)} "
        "cutting off. Rows copied from papers with different habits would explain it; so would a misprint.",
    )
