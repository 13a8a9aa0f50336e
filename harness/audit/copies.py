"""Find what stands twice: one label on rows with different numbers, and rows or columns that are copies of each other.

Two rows agree in m of the s cells that both print. If scores of different models spread over at least two points, a
cell agrees by chance with probability at most d / 2, d the distance of neighbouring values on 0-100 (one unit of the
last digit, or 100 / n where that is coarser). The chance of m or more agreements is the tail of that sum of unlike
coins, multiplied by the number of pairs compared. Below one in ten thousand it is named; a whole row or column below
one in a million is called inconsistent.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, islice

from harness.audit.cell import Cell
from harness.audit.finding import Finding, places
from harness.audit.table import Table

FEWEST = 4
NAMED = 1e-4
RARE = 1e-6
SPREAD = 2
MOST_ROWS = 400
MOST_COLUMNS = 64
# A column whose units nobody states is taken to count a thousand.
UNKNOWN_SPACING = 0.1
# `... row 2: SigLIP+DINOv2`: the number tells rows apart that the table itself calls by one name.
_NUMBERED = re.compile(r"^.*\brow [0-9]+: ")


def check(table: Table) -> list[Finding]:
    """Test labels, rows and columns of one table."""
    return _labels(table) + _rows(table) + _columns(table)


def _shared(table: Table, first: int, second: int) -> list[int]:
    """List the score columns in which both rows print a number of their own."""
    return [
        column
        for column, field in enumerate(table.fields)
        if field.is_score and _own(table, first, column) and _own(table, second, column)
    ]


def _own(table: Table, row: int, column: int) -> bool:
    cell = table.number(row, column)
    return cell is not None and not any("one cell over" in remark for remark in cell.remarks)


def _labels(table: Table) -> list[Finding]:
    by_label: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, it in enumerate(table.rows):
        if it.is_model:
            by_label[_NUMBERED.sub("", it.key), it.detail].append(row)
    found: list[Finding] = []
    for (label, _), rows in by_label.items():
        for first, second in islice(combinations(rows, 2), 10):
            differing = [
                column
                for column in _shared(table, first, second)
                if not _meet(table, first, second, column)
            ]  # fmt: skip
            if not differing:
                continue
            shown = ", ".join(
                f"{table.fields[column].label} {table.cells[first, column].text} and {table.cells[second, column].text}"
                for column in differing[:4]
            )
            numbered = table.rows[first].key != table.rows[second].key
            found.append(
                Finding(
                    "duplicate label",
                    "unexplained" if numbered else "inconsistent",
                    places(table, [(row, column) for column in differing for row in (first, second)]),
                    f"rows {first + 1} and {second + 1} are both called '{label}' and differ in {len(differing)} of "
                    f"{len(_shared(table, first, second))} cells that both print: {shown}",
                    "One label names two different results: what tells them apart (data, training, seed) is not in "
                    "the label, so neither can be cited by it; or one row is mislabelled.",
                )
            )
    return found


def _meet(table: Table, first: int, second: int, column: int) -> bool:
    one, two = table.on_suite(first, column), table.on_suite(second, column)
    return one is not None and two is not None and one.meets(two)


def tail(shares: Sequence[float], agreeing: int) -> float:
    """Return the probability that at least `agreeing` of independent coins with these shares come up."""
    chances = [1.0] + [0.0] * len(shares)
    for share in shares:
        for k in range(len(chances) - 1, 0, -1):
            chances[k] = chances[k] * (1 - share) + chances[k - 1] * share
        chances[0] *= 1 - share
    return sum(chances[agreeing:])


def _agreement(table: Table, pairs: list[tuple[tuple[int, int], tuple[int, int]]], compared: int) -> tuple[int, float]:
    """Count equal cells among pairs of cells; return the count and how often chance would do as well."""
    equal = sum(table.cells[one].number == table.cells[two].number for one, two in pairs)
    if equal < FEWEST or len(pairs) > MOST_ROWS:
        return equal, 1.0
    shares = [min(1.0, _spacing(table, row, column) / SPREAD) for (row, column), _ in pairs]
    return equal, min(1.0, compared * tail(shares, equal))


def _spacing(table: Table, row: int, column: int) -> float:
    """Return the distance between neighbouring values of a column on 0-100: its digits, or its units if coarser."""
    field, number = table.fields[column], table.cells[row, column].number
    assert number is not None
    return max(float(number.unit * field.point), 100 / field.steps if field.steps else UNKNOWN_SPACING)


def _rows(table: Table) -> list[Finding]:
    models = [row for row, it in enumerate(table.rows) if it.is_model][:MOST_ROWS]
    if not models:
        return []
    scores = [column for column, field in enumerate(table.fields) if field.is_score]
    by_value: dict[tuple[int, object], list[int]] = defaultdict(list)
    for column in scores:
        for row, cell in table.numbers(column):
            if row <= models[-1]:
                by_value[column, cell.number].append(row)
    agreeing: dict[tuple[int, int], int] = defaultdict(int)
    for rows in by_value.values():
        if len(rows) <= 50:
            for first, second in combinations(rows, 2):
                agreeing[first, second] += 1
    compared = max(1, len(models) * (len(models) - 1) // 2)
    found: list[Finding] = []
    for (first, second), count in sorted(agreeing.items()):
        if count < FEWEST or table.rows[first].key == table.rows[second].key:
            continue
        shared = _shared(table, first, second)
        pairs = [((first, column), (second, column)) for column in shared]
        equal, chance = _agreement(table, pairs, compared)
        if equal < FEWEST or chance > NAMED:
            continue
        same = [column for column in shared if table.cells[first, column].number == table.cells[second, column].number]
        whole = equal == len(shared)
        found.append(
            Finding(
                "copy",
                "inconsistent" if whole and chance < RARE else "unexplained",
                places(table, [(row, column) for column in same for row in (first, second)]),
                f"'{table.rows[first].key}' and '{table.rows[second].key}' agree to the last digit in {equal} of "
                f"{len(shared)} cells that both print; chance over {compared:,} pairs of rows: {chance:.1g}",
                "Two different models do not agree like this: one row was pasted over the other, or both are one run "
                "(or the change between them never took effect).",
            )
        )
    return found


def _columns(table: Table) -> list[Finding]:
    scores = [column for column, field in enumerate(table.fields) if field.is_score][:MOST_COLUMNS]
    found: list[Finding] = []
    compared = max(1, len(scores) * (len(scores) - 1) // 2)
    printed = {column: {row: _digits(cell) for row, cell in table.numbers(column)} for column in scores}
    for first, second in combinations(scores, 2):
        one, two = table.fields[first], table.fields[second]
        if _what(table, first) == _what(table, second) or one.top != two.top:
            continue
        rows = [row for row in printed[first] if row in printed[second]]
        if len(rows) > MOST_ROWS or sum(printed[first][row] == printed[second][row] for row in rows) < FEWEST:
            continue
        pairs = [((row, first), (row, second)) for row in rows]
        equal, chance = _agreement(table, pairs, compared)
        if equal < FEWEST or chance > NAMED or len({table.cells[row, first].number for row in rows}) < FEWEST:
            continue
        found.append(
            Finding(
                "copy",
                "inconsistent" if equal == len(rows) and chance < RARE else "unexplained",
                places(table, [(row, column) for row in rows for column in (first, second)]),
                f"'{one.label}' and '{two.label}' agree to the last digit in {equal} of {len(rows)} rows; chance over "
                f"{compared:,} pairs of columns: {chance:.1g}",
                "Two benchmarks do not agree like this: one column was pasted over the other.",
            )
        )
    return found


def _digits(cell: Cell) -> tuple[int, int]:
    assert cell.number is not None
    return cell.number.scaled_integer(), cell.number.decimals


def _what(table: Table, column: int) -> str:
    """Name the benchmark of a column: two columns of one benchmark (two versions, two metrics) may well agree."""
    return table.fields[column].meaning.name
