"""Say how things are called on a page, and find a measure's number on one column."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from benchmarks.errors import UnknownName
from benchmarks.suite import COLUMNS, GROUP_TITLES, GROUPS, find_column
from harness.report import escapes

Plain = Mapping[str, Any]
MEAN = "mean"
ELSEWHERE = "Other"
TITLES: Mapping[str, str] = {**GROUP_TITLES, MEAN: "Mean", "category_average": "Mean of categories"}


def title(column: str) -> str:
    """Return what a column is called: a benchmark as the suite prints it, a category by its title."""
    if column in TITLES:
        return TITLES[column]
    try:
        return find_column(column).title
    except UnknownName:
        return column


def group(benchmark: str) -> str:
    """Return the title of a benchmark's category."""
    try:
        return GROUP_TITLES[find_column(benchmark).group]
    except UnknownName:
        return ELSEWHERE


def in_suite_order(benchmarks: Sequence[str]) -> list[str]:
    """Sort benchmarks by category as the suite prints them, strangers last."""
    order = {column.title: place for place, column in enumerate(COLUMNS)}
    return sorted(benchmarks, key=lambda name: order.get(title(name), len(order)))


def categories(found: Plain) -> list[str]:
    """Return the categories that a lattice has a benchmark of."""
    titles = {group(name) for name in found["benchmarks"]}
    return [name for name in GROUPS if GROUP_TITLES[name] in titles]


def on(measure: Plain, column: str) -> Plain:
    """Return a measure's number on a column; the mean stands at the top of it."""
    return measure if column == MEAN else measure[column]


def subsets(pool: Sequence[str]) -> list[tuple[str, ...]]:
    """List the non-empty subsets of a pool, small ones first."""
    return [one for size in range(1, len(pool) + 1) for one in combinations(pool, size)]


def shown(text: str) -> str:
    """Write a text for HTML."""
    return escapes.html(text)


def counted(count: int, thing: str) -> str:
    """Write a number of things: `1 benchmark`, `16 benchmarks`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def words(names: Sequence[str]) -> str:
    """Join names as a sentence does."""
    return ", ".join(names[:-1]) + (f" and {names[-1]}" if len(names) > 1 else "".join(names))
