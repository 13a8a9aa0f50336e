"""Hold bold claims against the numbers: a bold score should be the best of its column, or of its block.

Ties at the printed precision are no fault. A row bold all through is a highlighted row, not a claim. A bold score may
be best of its block (between two rules or section rows) or of the column; rows that are better than bold scores in two
or more columns and never bold themselves may stand outside the comparison (closed models, larger ones): at the top or
the end of the table or of a block, where such rows stand, that makes the claim unexplained instead of wrong.
"""

from collections import defaultdict

from harness.audit.finding import Finding, places
from harness.audit.interval import spoken
from harness.audit.table import Field, Table

FEWEST_ROWS = 2
OUTSIDE = 2
MOST_ROWS = 1000


def check(table: Table) -> list[Finding]:
    """Test every column that holds bold numbers; nobody emphasises in tables of more than a thousand rows."""
    if len(table.rows) > MOST_ROWS:
        return []
    columns = [
        column
        for column, field in enumerate(table.fields)
        if field.is_score or field.meaning.role in ("average", "other")
    ]
    highlighted = {row for row in range(len(table.rows)) if _all_bold(table, row, columns)}
    claims: list[tuple[int, int, list[int]]] = []
    for column in columns:
        for row, cell in table.numbers(column):
            if cell.bold and row not in highlighted:
                better = _better(table, row, column)
                if better:
                    claims.append((row, column, better))
    bold_rows = {
        row for column in columns for row, cell in table.numbers(column) if cell.bold and row not in highlighted
    }
    beaten: dict[int, set[int]] = defaultdict(set)
    for _, column, better in claims:
        for row in better:
            beaten[row].add(column)
    outside = {row for row, columns_of in beaten.items() if row not in bold_rows and len(columns_of) >= OUTSIDE}
    better_rows = set(beaten) - bold_rows
    outside = {row for row in outside if _at_an_edge(table, row, better_rows)}
    # Rows that stand outside a comparison usually stand together.
    for step in (1, -1):
        for row in sorted(outside):
            while 0 <= row + step < len(table.rows) and row + step not in bold_rows:
                row += step
                outside.add(row)
    return [_finding(table, row, column, better, outside | highlighted) for row, column, better in claims]


def _at_an_edge(table: Table, row: int, better: set[int]) -> bool:
    """Tell whether only better rows part a row from an edge of the table or of its block."""
    for step in (1, -1):
        at = row
        while at in better:
            after = at + step
            if not 0 <= after < len(table.rows) or table.rows[after].block != table.rows[at].block:
                return True
            at = after
    return False


def _all_bold(table: Table, row: int, columns: list[int]) -> bool:
    cells = [cell for column in columns if (cell := table.number(row, column))]
    return len(cells) >= 3 and all(cell.bold for cell in cells)


def _better(table: Table, row: int, column: int) -> list[int]:
    """List the rows that beat a bold cell both in its column and in its block; none if it is best of either."""
    sign = -1 if table.fields[column].meaning.lower else 1
    value = table.cells[row, column].value * sign
    rows = [(at, cell.value * sign) for at, cell in table.numbers(column)]
    overall = [at for at, other in rows if other > value]
    block = [at for at in overall if table.rows[at].block == table.rows[row].block]
    # One row between two rules is set apart for the eye; one row below a heading is a comparison of its own.
    named = bool(table.rows[row].section)
    alone = not named and sum(table.rows[at].block == table.rows[row].block for at, _ in rows) < FEWEST_ROWS
    return overall if alone else block


def _finding(table: Table, row: int, column: int, better: list[int], outside: set[int]) -> Finding:
    field: Field = table.fields[column]
    sign = -1 if field.meaning.lower else 1
    best = max(better, key=lambda at: table.cells[at, column].value * sign)
    excused = set(better) <= outside
    word = "lower" if field.meaning.lower else "higher"
    return Finding(
        "bold",
        "unexplained" if excused or field.meaning.role == "other" else "inconsistent",
        places(table, [(row, column), (best, column)]),
        f"{field.label}: bold {spoken(table.cells[row, column].value, 9)} of '{table.rows[row].key}', while "
        f"'{table.rows[best].key}' has {spoken(table.cells[best, column].value, 9)}, which is {word}"
        + (f" (and {len(better) - 1} more)" if len(better) > 1 else ""),
        "The better rows are never bold and better in several columns: they may stand outside the comparison, which "
        "the table does not say."
        if excused
        else "Bold usually marks the best of a column or block; this one is not. The emphasis or one of the numbers is "
        "wrong.",
    )
