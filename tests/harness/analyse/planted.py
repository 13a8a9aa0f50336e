"""Lattices whose truth is planted: values by subset, and cells of a table that hold them."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from harness.analyse.cells import Cell

POOL = ("clip", "sam", "dino", "eva")
FLOOR = 20.0
WORTH = (10.0, 6.0, 3.0, 1.0)


def lattice_of(value: Callable[[frozenset[int]], float], n: int) -> np.ndarray:
    """Lay a function of a set of places out by bit mask."""
    return np.array([value(frozenset(i for i in range(n) if mask >> i & 1)) for mask in range(2**n)])


def additive(n: int = 4) -> np.ndarray:
    """Every encoder adds its own worth, whatever else is there."""
    return lattice_of(lambda held: FLOOR + sum(WORTH[i] for i in held), n)


def twins() -> np.ndarray:
    """Encoders 0 and 1 are the same: either gives 10, both give 10; encoder 2 adds 4."""
    return lattice_of(lambda held: FLOOR + 10.0 * bool(held & {0, 1}) + 4.0 * (2 in held), 3)


def synergy() -> np.ndarray:
    """Encoders 0 and 1 give 12 together and nothing alone; encoder 2 gives nothing at all."""
    return lattice_of(lambda held: FLOOR + 12.0 * (held >= {0, 1}), 3)


def harmful() -> np.ndarray:
    """Encoder 0 adds 8, encoder 1 takes 5 wherever it is, encoder 2 adds 2."""
    return lattice_of(lambda held: FLOOR + 8.0 * (0 in held) - 5.0 * (1 in held) + 2.0 * (2 in held), 3)


def cells(
    scores: np.ndarray,
    benchmarks: Iterable[str] = ("gqa",),
    seeds: Iterable[str] = ("0",),
    masked: np.ndarray | None = None,
    noise: Callable[[], float] = lambda: 0.0,
    **fields: Any,
) -> list[Cell]:
    """Write a lattice as the cells of a table, with masked views of the full model where they are given."""
    n = len(scores).bit_length() - 1
    pool = POOL[:n]
    named = {mask: tuple(pool[i] for i in range(n) if mask >> i & 1) for mask in range(1, 2**n)}
    found = []
    for seed in seeds:
        for benchmark in benchmarks:
            for mask, kept in named.items():
                found.append(Cell(kept, kept, benchmark, seed, float(scores[mask]) + noise(), **fields))
                if masked is not None and kept != pool:
                    found.append(Cell(pool, kept, benchmark, seed, float(masked[mask]) + noise(), **fields))
    return found
