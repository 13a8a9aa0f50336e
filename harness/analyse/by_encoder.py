"""Turn the draws of a measure into nested plain values: encoder -> value and interval, and the same on every column.

The numbers that stand directly under an encoder are those on the mean of all benchmarks; under them come the categories
and the benchmarks by name:

    {"clip": {"value": 41.2, "low": 40.1, "high": 42.3, "general": {"value": ...}, "gqa": {"value": ...}}}
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from harness.analyse.masks import Values
from harness.analyse.number import number


def nested(draws: Values, names: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Nest draws (1 + R, C, names); the first column is the mean."""
    found: dict[str, Any] = {}
    for place, name in enumerate(names):
        first, *others = (number(draws[:, at, place]).plain() for at in range(len(columns)))
        found[name] = {**first, **dict(zip(columns[1:], others, strict=True))}
    return found


def along(draws: Values, columns: Sequence[str]) -> dict[str, Any]:
    """Nest draws (1 + R, C) of one number a column."""
    return nested(draws[..., None], ("",), columns)[""]


def pair_names(pool: Sequence[str]) -> tuple[str, ...]:
    """Name the pairs in the order of `itertools.combinations`, as `clip+sam`."""
    return tuple("+".join(pair) for pair in combinations(pool, 2))


def square(shares: Values, names: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Nest an n x n table of shares, without its diagonal."""
    return {
        one: {
            other: float(shares[i, j]) if np.isfinite(shares[i, j]) else None for j, other in enumerate(names) if i != j
        }
        for i, one in enumerate(names)
    }
