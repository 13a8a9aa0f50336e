"""Turn marks, one question a row, into the cells of a table that know what each question adds to the error.

The columns `trained`, `benchmark`, `id`, `mark` (0 to 1) and, where they are given, `kept`, `seed` and `cluster`, which
names what questions share (an image, a document). With n marks s_i of a cell, their mean s and G clusters g,

    score = 100 s,    part_g = 100 sqrt(G / (G - 1)) / n x sum over i in g of (s_i - s)

so that the sum of part_g^2 is the squared clustered error of the mean (`harness.score.uncertainty.of_mean`). All models
answer the same questions, so one draw of the questions moves every cell of a benchmark by its own parts at once: what
models get wrong together no longer widens the intervals of their differences.

The score is the plain mean: a benchmark's own pooling (pairs, groups, means of categories) is not applied.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isfinite, sqrt

import numpy as np

from harness.analyse.cells import Cell, some
from harness.errors import InvalidEvidence

FEWEST_CLUSTERS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one row: the cell it belongs to (its value is the mark), the question and what it shares with others."""

    cell: Cell
    id: str
    cluster: str


@dataclass(slots=True)
class _Sheet:
    """Gather the marks of one cell by question."""

    first: Cell
    marks: dict[str, float] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)


def pooled(answers: Sequence[Answer], remarks: list[str]) -> list[Cell]:
    """Pool marks into cells; a cell with a question twice or with other questions counts as no number, and is named.

    Raises:
        InvalidEvidence: a mark is no number from 0 to 1.
    """
    sheets: dict[tuple[frozenset[str], frozenset[str], str, str, str], _Sheet] = {}
    for answer in answers:
        cell = answer.cell
        if not (isfinite(cell.value) and 0 <= cell.value <= 1):
            raise InvalidEvidence(f"the mark of {answer.id!r}{cell.where} is {cell.value}; a mark lies between 0 and 1")
        key = frozenset(cell.trained), frozenset(cell.kept), cell.operator, cell.benchmark, cell.seed
        sheet = sheets.setdefault(key, _Sheet(cell))
        if answer.id in sheet.marks:
            sheet.twice.append(answer.id)
        sheet.marks[answer.id], sheet.clusters[answer.id] = cell.value, answer.cluster
    by_benchmark: dict[str, list[_Sheet]] = defaultdict(list)
    for sheet in sheets.values():
        by_benchmark[sheet.first.benchmark].append(sheet)
    remarks.append("scores are 100 x the plain mean of the marks; no benchmark's own pooling is applied")
    return [cell for same in by_benchmark.values() for cell in _cells(same, remarks)]


def _cells(sheets: Sequence[_Sheet], remarks: list[str]) -> list[Cell]:
    """Pool the sheets of one benchmark; the questions are those that most of them answer."""
    counted: dict[frozenset[str], int] = defaultdict(int)
    for sheet in sheets:
        counted[frozenset(sheet.marks)] += 1
    asked = max(counted, key=lambda ids: (counted[ids], len(ids)))
    ids = sorted(asked)
    names = [sheets[0].clusters.get(name, name) for name in ids]
    order = {name: place for place, name in enumerate(dict.fromkeys(names))}
    at = np.array([order[name] for name in names])
    found, odd = [], []
    for sheet in sheets:
        first = sheet.first
        if sheet.twice or frozenset(sheet.marks) != asked:
            odd.append(f"{'+'.join(first.kept)} on {first.benchmark}, seed {first.seed}")
            found.append(_with(first, float("nan"), float("nan"), None))
            continue
        marks = np.array([sheet.marks[name] for name in ids])
        found.append(_pooled(first, marks, at, len(order)))
    if odd:
        remarks.append(f"{len(odd):,} cells answer other questions than the rest, or one of them twice: {some(odd)}")
    return found


def _pooled(first: Cell, marks: np.ndarray, at: np.ndarray, clusters: int) -> Cell:
    mean = float(marks.mean())
    if clusters < FEWEST_CLUSTERS:
        return _with(first, 100 * mean, float("nan"), None)
    sums = np.bincount(at, marks - mean, clusters)
    parts = 100 * sqrt(clusters / (clusters - 1)) / len(marks) * sums
    return _with(first, 100 * mean, float(np.sqrt((parts**2).sum())), parts)


def _with(cell: Cell, value: float, error: float, parts: np.ndarray | None) -> Cell:
    return replace(cell, value=value, error=error, where="", parts=parts)
