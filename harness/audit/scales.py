"""Find values that stand on another scale than their column, and values outside every scale.

The column's scale is settled by its middle value. A cell slipped if a usual factor brings it among the other cells of
its column, and as it stands it is far from all of them: below a fifth of the smallest, or above five times the largest.
Usual are 100 (a share), the benchmark's own full marks, these over 100 (20 for MME, 10 for OCRBench), and 10 and 1000
for a lost decimal point. A lost point, or a share with no more decimals than its neighbours, may also be a very bad
score: that is unexplained, not inconsistent.
"""

import re
from fractions import Fraction

from harness.audit.finding import Finding, place, places
from harness.audit.headers import clean
from harness.audit.interval import spoken
from harness.audit.table import Field, Table

LOST_POINT = (10, 1000)
FAR = 5
MME_TOTAL = 2800
_PERCEPTION = re.compile(r"mme\W*p(?:erc|\b)", re.IGNORECASE)


def slipped(table: Table, column: int) -> dict[int, Fraction]:
    """Return the rows of a column whose value stands on another scale, with the factor that brings it back."""
    cells = [(row, cell.value) for row, cell in table.numbers(column)]
    among = _among(table, column)
    found: dict[int, Fraction] = {}
    if 2 * len(among) < len(cells):
        return found
    for row, value in cells:
        if value > 0 and row not in among:
            factor = _slip(value, min(among.values()), max(among.values()), table.fields[column])
            if factor is not None:
                found[row] = factor
    return found


def _among(table: Table, column: int) -> dict[int, Fraction]:
    """Return the cells of a column that lie within a factor of five of its middle value."""
    cells = [(row, cell.value) for row, cell in table.numbers(column) if cell.value > 0]
    if not cells:
        return {}
    middle = sorted(value for _, value in cells)[len(cells) // 2]
    return {row: value for row, value in cells if middle <= FAR * value and value <= FAR * middle}


def check(table: Table) -> list[Finding]:
    """Test range and scale of every column of scores and averages."""
    found: list[Finding] = []
    for column, field in enumerate(table.fields):
        if field.is_score or field.meaning.role == "average":
            found += _column(table, column, field)
    return found + _shares(table)


def _column(table: Table, column: int, field: Field) -> list[Finding]:
    cells = [(row, cell.value) for row, cell in table.numbers(column)]
    slips = slipped(table, column)
    among = list(_among(table, column).values()) if slips else []
    found: list[Finding] = []
    for row, value in cells:
        if row in slips:
            found.append(_slipped(table, row, column, value, slips[row], among))
        # A mean of unlike scales may exceed 100 honestly; whether it follows from its cells is another check's matter.
        elif value < 0 or (value > field.top and field.is_score):
            found += _outside(table, row, column, field, value)
    return found


def _own_factors(field: Field) -> set[int]:
    """Return the factors between the scales on which the column's benchmark is printed."""
    known = field.meaning.benchmark or field.meaning.neighbour
    full = known.published_max if known else 100
    return {100, full, full // 100} - {1}


def _slip(value: Fraction, low: Fraction, high: Fraction, field: Field) -> Fraction | None:
    """Return the factor that brings a far value among the others, which lie in [low, high], or None."""
    if low <= FAR * value and value <= FAR * high:
        return None
    room = (high - low) / 2 + Fraction(field.top, 20)
    fitting = [
        factor
        for size in sorted(_own_factors(field) | set(LOST_POINT))
        for factor in (Fraction(size), Fraction(1, size))
        if low - room <= value * factor <= high + room and value * factor <= field.top
    ]
    return min(fitting, key=lambda factor: abs(value * factor - (low + high) / 2)) if fitting else None


def _slipped(table: Table, row: int, column: int, value: Fraction, factor: Fraction, others: list[Fraction]) -> Finding:
    field, printed = table.fields[column], table.cells[row, column].number
    size = max(factor, 1 / factor)
    finest = min(cell.number.decimals for at, cell in table.numbers(column) if cell.number and at != row)
    short = size == 100 and printed is not None and printed.decimals <= finest
    lost = size in LOST_POINT and size not in _own_factors(field)
    # Nothing above full marks is a score, however bad.
    doubtful = factor > 1 and (short or lost)
    written = f"{spoken(value, 9)} x {spoken(factor)}" if factor >= 1 else f"{spoken(value, 9)} / {spoken(1 / factor)}"
    return Finding(
        "scale",
        "unexplained" if doubtful else "inconsistent",
        (place(table, row, column),),
        f"{len(others)} other cells of the column lie in [{spoken(min(others), 9)}, {spoken(max(others), 9)}]; "
        f"{written} = {spoken(value * factor, 9)} would lie among them",
        f"The value seems to stand on another scale than its column, by a factor of {spoken(size)}"
        + (", unless it is a very bad score." if doubtful else "."),
    )


def _outside(table: Table, row: int, column: int, field: Field, value: Fraction) -> list[Finding]:
    known = field.meaning.benchmark or field.meaning.neighbour
    highest = max(known.published_max if known else 100, field.top)
    name = field.meaning.name
    if (
        known is not None
        and known.name == "mme"
        and 2000 < value <= MME_TOTAL
        and not _PERCEPTION.search(clean(field.label))
    ):
        return [
            Finding(
                "range",
                "unexplained",
                (place(table, row, column),),
                f"{spoken(value, 9)} > 2000, the highest sum of the ten perception tasks; with cognition it is 2800",
                "The cell seems to add perception and cognition. The suite's average takes perception alone.",
            )
        ]
    if 0 <= value <= highest:
        return [
            Finding(
                "scale",
                "inconsistent",
                (place(table, row, column),),
                f"full marks are printed as {field.top} in this column; {spoken(value, 9)} > {field.top}",
                f"The value is above full marks on the scale of its column, but within {name}'s own scale of {highest}:"
                " two scales in one column.",
            )
        ]
    bound = f"{spoken(value, 9)} < 0" if value < 0 else f"{spoken(value, 9)} > {highest}"
    return [
        Finding(
            "range",
            "impossible",
            (place(table, row, column),),
            f"{name} lies in [0, {highest}]; {bound}",
            "No score of this benchmark lies outside its range: a misprint, a change instead of a score, or another "
            "benchmark.",
        )
    ]


def _shares(table: Table) -> list[Finding]:
    """Name columns of shares (0-1) in a table whose other columns are in percent."""
    scored = [column for column, field in enumerate(table.fields) if field.is_score and not field.stated_top]
    filled = [column for column in scored if any(True for _ in table.numbers(column))]
    shares = [column for column in filled if table.fields[column].top == 1]
    if not shares or 2 * len(shares) > len(filled):
        return []
    return [
        Finding(
            "scale",
            "unexplained",
            places(table, [(row, column) for row, _ in table.numbers(column)]),
            f"all cells are at most 1, while {len(filled) - len(shares)} of {len(filled)} columns are in percent",
            f"{table.fields[column].label} seems to be printed as a share; it was read as 100 x the printed value.",
        )
        for column in shares
    ]
