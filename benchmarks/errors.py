"""Errors of the ground floor.

    BenchmarkError (ValueError)
    ├── UnknownName      2   a benchmark, group, protocol or column that does not exist
    └── InvalidData     40   a dataset, mirror or set of marks that is not what its card says

Each class carries the exit code of a command line that ends in it.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class BenchmarkError(ValueError):
    """Stand for anything wrong with a benchmark's name or data."""

    exit_code: ClassVar[int] = 40


class UnknownName(BenchmarkError):
    """Say that a name is not in a closed list, with the nearest known one."""

    exit_code: ClassVar[int] = 2

    def __init__(self, kind: str, came: str, known: Iterable[str]):
        names = list(known)
        by_lower = {name.lower(): name for name in names}
        near = get_close_matches(came.lower(), by_lower, n=1, cutoff=0.5)
        hint = f" Did you mean {by_lower[near[0]]!r}?" if near else ""
        super().__init__(f"no {kind} {came!r}.{hint} Known: {', '.join(names)}")
        self.came = came
        self.known = tuple(names)

    def __reduce__(self) -> tuple[type["UnknownName"], tuple[str, str, tuple[str, ...]]]:
        kind = str(self).removeprefix("no ").split(f" {self.came!r}.", 1)[0]
        return type(self), (kind, self.came, self.known)


class InvalidData(BenchmarkError):
    """Say that data on disk or on the hub differ from what the card or the manifest states."""

    exit_code: ClassVar[int] = 40


LONGEST = 600


def shortened(text: str) -> str:
    """Take the middle out of a text that is too long for a message: a cell may hold a megabyte."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} ... {text[-half:]}"
