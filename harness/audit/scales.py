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
    found: dict[int, Fraction] = {}
    positive = sorted(value for _, value in cells if value > 0)
    if not positive or FAR * positive[0] >= positive[-1]:
        return found
    for row, value in cells:
        factor = _slip(value, [other for at, other in cells if at != row], table.fields[column])
        if factor is not None:
            found[row] = factor
    return found


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
    found: list[Finding] = []
    for row, value in cells:
        others = [other for at, other in cells if at != row]
        if row in slips:
            found.append(_slipped(table, row, column, value, slips[row], others))
        # A mean of unlike scales may exceed 100 honestly; whether it follows from its cells is another check's matter.
        elif value < 0 or (value > field.top and field.is_score):
            found += _outside(table, row, column, field, value, others)
    return found


def _own_factors(field: Field) -> set[int]:
    """Return the factors between the scales on which the column's benchmark is printed."""
    known = field.meaning.benchmark or field.meaning.neighbour
    full = known.published_max if known else 100
    return {100, full, full // 100} - {1}


def _slip(value: Fraction, others: list[Fraction], field: Field) -> Fraction | None:
    """Return the factor that brings a lonely value among the others, or None."""
    positive = [other for other in others if other > 0]
    if value <= 0 or not positive:
        return None
    low, high = min(positive), max(positive)
    if not (FAR * value < low or value > FAR * high):
        return None
    top = field.top
    room = (high - low) / 2 + Fraction(top, 20)
    middle = (low + high) / 2
    fitting = [
        factor
        for size in sorted(_own_factors(field) | set(LOST_POINT))
        for factor in (Fraction(size), Fraction(1, size))
        if low - room <= value * factor <= high + room and value * factor <= top
    ]
    return min(fitting, key=lambda factor: abs(value * factor - middle)) if fitting else None


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
        f"the other {len(others)} cells of the column lie in [{spoken(min(others), 9)}, {spoken(max(others), 9)}]; "
        f"{written} = {spoken(value * factor, 9)} would lie among them",
        f"The value seems to stand on another scale than its column, by a factor of {spoken(size)}"
        + (", unless it is a very bad score." if doubtful else "."),
    )


def _outside(
    table: Table, row: int, column: int, field: Field, value: Fraction, others: list[Fraction]
) -> list[Finding]:
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
        wrong = "is above full marks on the scale of its column" if others else "is above full marks"
        return [
            Finding(
                "scale",
                "inconsistent",
                (place(table, row, column),),
                f"full marks are printed as {field.top} in this column; {spoken(value, 9)} > {field.top}",
                f"The value {wrong}, but within {name}'s own scale of {highest}: two scales in one column.",
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
