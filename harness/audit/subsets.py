"""Search which subset of the columns an average does fit, and say how many subsets were tried.

With sixteen columns there are 65,519 subsets of two or more. One row printed to one decimal fits hundreds of them, so a
single row is only told about subsets that leave out or add one column; several rows must fit the same subset.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from harness.audit.table import Table

MOST_COLUMNS = 16
FEWEST_ROWS = 3
# Slack for binary fractions; a subset is shown as a hint only, never as a verdict.
SLACK = 1e-9


def fitting_subsets(table: Table, rows: Sequence[int], average: int, expected: Sequence[int]) -> str:
    """Return a sentence about the subsets that give the printed average, or nothing."""
    everything = [column for column, field in enumerate(table.fields) if field.is_score]
    usable = [
        column for column in everything if all(table.number(row, column) is not None for row in rows)
    ][:MOST_COLUMNS]  # fmt: skip
    if len(rows) >= FEWEST_ROWS:
        tried, found = _all_rows(table, rows, average, usable)
        found = found[:3]
    else:
        near = [tuple(it for it in expected if it != left) for left in expected if len(expected) > 2]
        near += [(*expected, more) for more in usable if more not in expected]
        near += list(combinations(expected, len(expected) - 2)) if len(expected) > 4 else []
        subsets = [subset for subset in near if set(subset) <= set(usable)]
        tried, found = len(subsets), [it for it in subsets if all(_fits(table, row, average, it) for row in rows)]
        if len(found) > 3:
            found = []
    if not found:
        return ""
    words = "; ".join(_words(table, subset, expected) for subset in found)
    return f" Of {tried:,} other sets of columns tried, {'these fit' if len(found) > 1 else 'one fits'}: {words}."


def _fits(table: Table, row: int, average: int, subset: Sequence[int]) -> bool:
    members = [table.on_suite(row, column) for column in subset]
    printed = table.on_suite(row, average)
    if printed is None or not members or any(member is None for member in members):
        return False
    low = sum(float(member.low) for member in members if member) / len(members)
    high = sum(float(member.high) for member in members if member) / len(members)
    return low - SLACK <= float(printed.high) and float(printed.low) <= high + SLACK


def _all_rows(
    table: Table, rows: Sequence[int], average: int, columns: Sequence[int]
) -> tuple[int, list[tuple[int, ...]]]:
    """Try every subset of two or more columns on all rows at once; return how many there were and those that fit."""
    count = len(columns)
    if count < 2:
        return 0, []
    bits = ((np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1).astype(np.float64)
    bits = bits[bits.sum(axis=1) >= 2]
    tried = len(bits)
    for row in rows:
        members = [table.on_suite(row, column) for column in columns]
        printed = table.on_suite(row, average)
        if printed is None or any(member is None for member in members):
            continue
        sizes = bits.sum(axis=1)
        low = bits @ np.array([float(member.low) for member in members if member]) / sizes
        high = bits @ np.array([float(member.high) for member in members if member]) / sizes
        # Only what fits the rows so far is tried on the next one.
        bits = bits[(low - SLACK <= float(printed.high)) & (float(printed.low) <= high + SLACK)]
    order = np.argsort(-bits.sum(axis=1), kind="stable")
    return tried, [tuple(columns[at] for at in range(count) if bits[it, at]) for it in order[:3]]


def _words(table: Table, subset: Sequence[int], expected: Sequence[int]) -> str:
    without = [table.fields[column].label for column in expected if column not in subset]
    added = [table.fields[column].label for column in subset if column not in expected]
    if without and not added:
        return f"without {', '.join(without)}"
    if added and not without:
        return f"with {', '.join(added)}"
    return "the mean of " + ", ".join(table.fields[column].label for column in subset)
