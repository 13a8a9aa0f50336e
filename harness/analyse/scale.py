"""Bring scores to 0-100, as the suite prints them."""

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.errors import UnknownName
from benchmarks.suite import find_column
from harness.analyse.cells import Cell

SUITE_TOP = 100


def on_suite(cells: Sequence[Cell], remarks: list[str]) -> list[Cell]:
    """Bring the suite's columns with a scale of their own to 0-100 where a value shows that they are on it."""
    steps: dict[str, int] = {}
    for cell in cells:
        try:
            step = find_column(cell.benchmark).per_suite_point
        except UnknownName:
            continue
        if step > 1 and cell.value > SUITE_TOP:
            steps[cell.benchmark] = step
    remarks += [f"{name} is divided by {step}, as the suite prints it" for name, step in steps.items()]
    return [_scaled(cell, steps[cell.benchmark]) if cell.benchmark in steps else cell for cell in cells]


def _scaled(cell: Cell, step: int) -> Cell:
    return replace(
        cell, value=cell.value / step, error=cell.error / step, blind=cell.blind / step, chance=cell.chance / step
    )
