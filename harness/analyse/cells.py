"""Hold the cells of a table of scores, and leave out what nobody can tell the meaning of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

from harness.analyse.masks import Values

NAMED = 4
# Paper B's masking (arXiv 2507.03262), and a model that is asked without any picture.
ZERO, BLIND = "zero", "blind"


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one score of a table: `kept` equal to `trained` is retrained, inside it masked; an empty one is `none`.

    Members stand as they were written, in any order. `error` is the standard error over questions, `blind` the score
    without a picture, `chance` that of guessing; all in the score's own unit, NaN where the table does not say.
    `parts` are what each cluster of questions adds to the error (`marks.py`), the same clusters in all cells of a
    benchmark. `mask` says what stands for a masked encoder; where nothing is masked it means nothing.
    """

    trained: tuple[str, ...]
    kept: tuple[str, ...]
    benchmark: str
    seed: str
    value: float
    error: float = float("nan")
    blind: float = float("nan")
    chance: float = float("nan")
    where: str = ""
    parts: Values | None = field(default=None, compare=False)
    mask: str = ZERO

    @property
    def operator(self) -> str:
        """Return what masks this view, empty where nothing is masked."""
        return "" if frozenset(self.kept) == frozenset(self.trained) else self.mask


def some(names: Sequence[str]) -> str:
    """Write the first few names and how many follow."""
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def without_doubles(cells: Sequence[Cell], problems: list[str]) -> list[Cell]:
    """Leave out what is no number, and what is given twice with two values, since nobody can tell which is meant."""
    broken = [cell for cell in cells if not isfinite(cell.value)]
    if broken:
        problems.append(f"{len(broken):,} scores are no numbers (NaN) and count as missing: {told(broken)}")
    by_place: dict[tuple[frozenset[str], frozenset[str], str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        by_place[frozenset(cell.trained), frozenset(cell.kept), cell.benchmark, cell.seed].append(cell)
    doubled = [found for found in by_place.values() if len(found) > 1]
    alike = [found[0] for found in doubled if _agree(found)]
    unlike = [found[0] for found in doubled if not _agree(found)]
    if alike:
        problems.append(f"{len(alike):,} cells are duplicates with one value, and count once: {told(alike)}")
    if unlike:
        problems.append(
            f"{len(unlike):,} cells are duplicates with several values, and count as missing: {told(unlike)}"
        )
    return [found[0] for found in by_place.values() if _agree(found) and isfinite(found[0].value)]


def _agree(cells: Sequence[Cell]) -> bool:
    return all(cell.value == cells[0].value for cell in cells[1:])


def told(cells: Sequence[Cell]) -> str:
    """Name the first few cells, each with its place, and how many follow."""
    return some([f"{_slug(cell)} on {cell.benchmark}, seed {cell.seed}{cell.where}" for cell in cells])


def _slug(cell: Cell) -> str:
    trained, kept = ("+".join(names) or "none" for names in (cell.trained, cell.kept))
    by = f" by {cell.mask}" if cell.mask != ZERO else ""
    return f"{trained} keeping {kept}{by}" if cell.operator else trained
