"""Lay scores out as a lattice: subset -> value for each benchmark and seed, complete or said to be incomplete.

Two lattices share a pool of n encoders: *retrained*, every subset trained for itself, and *masked*, the views of the
model that was trained with the whole pool. Their full set is the same cell.

Nothing is dropped silently: a cell given twice with two values, what is no number and a view of another model are left
out and named in `problems`; so are columns that are the same everywhere, scores of the full set that are not positive
(a rate of them has no meaning), and a table of one seed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import UnknownName
from benchmarks.suite import GROUPS, find_column
from harness.analyse import masks
from harness.analyse.masks import Values
from harness.errors import InvalidEvidence

View = Literal["retrained", "masked"]
VIEWS: tuple[View, ...] = ("retrained", "masked")
MOST_ENCODERS = 8
NAMED = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one score of a table: `kept` equal to `trained` is retrained, inside it masked; an empty one is `none`.

    Members stand as they were written, in any order. `error` is the standard error over questions, `blind` the score
    without a picture, `chance` that of guessing; all in the score's own unit, NaN where the table does not say.
    `parts` are what each cluster of questions adds to the error (`marks.py`), the same clusters in all cells of a
    benchmark.
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


@dataclass(frozen=True, slots=True)
class Column:
    """Name what a measure is taken on: one benchmark, or the mean of several by their places."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Hold K seeds x 2^n masks x B benchmarks of scores and of their standard errors, NaN where there is none.

    `parts` has, for each benchmark whose marks are known, 2^n masks x G clusters for each view, averaged over seeds.
    """

    pool: tuple[str, ...]
    benchmarks: tuple[str, ...]
    seeds: tuple[str, ...]
    scores: Mapping[View, Values]
    errors: Mapping[View, Values]
    blind: Values
    chance: Values
    problems: tuple[str, ...] = ()
    parts: Mapping[str, Mapping[View, Values]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the mean of all benchmarks, the means of the categories that are there, and each benchmark."""
        groups: dict[str, list[int]] = {group: [] for group in GROUPS}
        for place, name in enumerate(self.benchmarks):
            if group := group_of(name):
                groups[group].append(place)
        everything = Column("mean", tuple(range(len(self.benchmarks))))
        categories = [Column(name, tuple(members)) for name, members in groups.items() if members]
        return (everything, *categories, *(Column(name, (at,)) for at, name in enumerate(self.benchmarks)))

    def known(self, view: View) -> NDArray[np.bool_]:
        """Tell for every mask and benchmark whether at least one seed has a score."""
        return np.asarray(np.isfinite(self.scores[view]).any(axis=0))

    def lacking(self, view: View, wanted: Iterable[int]) -> str:
        """Name which of the wanted subsets have no score, and on what; empty where nothing is missing."""
        known = self.known(view)
        wanted = list(wanted)
        missing = [mask for mask in wanted if not known[mask].all()]
        if not missing:
            return ""
        told = []
        for mask in missing[:NAMED]:
            absent = [name for name, there in zip(self.benchmarks, known[mask], strict=True) if not there]
            on = "" if len(absent) == len(self.benchmarks) else f" on {some(absent)}"
            told.append(masks.written(mask, self.pool) + on)
        rest = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        return f"{len(missing)} of the {len(wanted)} {view} subsets it needs are missing: {', '.join(told)}{rest}"


def group_of(benchmark: str) -> str:
    """Return the category of a benchmark of the suite, empty for any other."""
    try:
        return find_column(benchmark).group
    except UnknownName:
        return ""


def some(names: Sequence[str]) -> str:
    """Write the first few names and how many follow."""
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def build(cells: Sequence[Cell], remarks: Sequence[str] = ()) -> Lattice:
    """Lay cells out; `remarks` are problems that were found while they were read.

    Raises:
        InvalidEvidence: one encoder or too many, or no usable score.
    """
    pool = _pool(cells)
    everything = frozenset(pool)
    problems = list(remarks)
    usable, foreign = [], []
    for cell in cells:
        own = frozenset(cell.kept) == frozenset(cell.trained) or frozenset(cell.trained) == everything
        (usable if own else foreign).append(cell)
    if foreign:
        problems.append(
            f"{len(foreign):,} masked views of models other than the full one play no part: {_told(foreign)}"
        )
    once = _without_doubles(usable, problems)
    if not once:
        raise InvalidEvidence(f"no usable score is left of {len(cells):,}: {'; '.join(problems)}")
    benchmarks = tuple(dict.fromkeys(cell.benchmark for cell in once))
    seeds = tuple(sorted({cell.seed for cell in once}, key=lambda seed: (len(seed), seed)))
    shape = (len(seeds), 2 ** len(pool), len(benchmarks))
    scores: dict[View, Values] = {view: np.full(shape, np.nan) for view in VIEWS}
    errors: dict[View, Values] = {view: np.full(shape, np.nan) for view in VIEWS}
    bits = {name: 1 << place for place, name in enumerate(pool)}
    for cell in once:
        at = (seeds.index(cell.seed), sum(bits[name] for name in cell.kept), benchmarks.index(cell.benchmark))
        trained = frozenset(cell.trained)
        for view in VIEWS:
            if trained == (everything if view == "masked" else frozenset(cell.kept)):
                scores[view][at], errors[view][at] = cell.value, cell.error
    blind, chance = (_baseline(once, benchmarks, what) for what in ("blind", "chance"))
    lattice = Lattice(pool, benchmarks, seeds, scores, errors, blind, chance)
    parts = {name: found for name in benchmarks if (found := _parts(once, name, everything, bits))}
    return replace(lattice, problems=(*problems, *_oddities(lattice)), parts=parts)


def _parts(
    cells: Sequence[Cell], benchmark: str, everything: frozenset[str], bits: Mapping[str, int]
) -> dict[View, Values]:
    """Average the parts of the questions over seeds; none where a cell of the benchmark has none."""
    own = [cell for cell in cells if cell.benchmark == benchmark]
    held = [cell.parts for cell in own if cell.parts is not None]
    if len(held) < len(own):
        return {}
    found: dict[View, Values] = {}
    for view in VIEWS:
        total, counted = np.zeros((2 ** len(bits), len(held[0]))), np.zeros(2 ** len(bits))
        for cell, parts in zip(own, held, strict=True):
            if frozenset(cell.trained) == (everything if view == "masked" else frozenset(cell.kept)):
                mask = sum(bits[name] for name in cell.kept)
                total[mask] += parts
                counted[mask] += 1
        found[view] = total / np.maximum(counted, 1)[:, None]
    return found


def _pool(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Order the encoders as the largest subset writes them; names that it lacks follow as they appear."""
    largest = max((cell.trained for cell in cells), key=len, default=())
    names = tuple(dict.fromkeys([*largest, *(name for cell in cells for name in cell.trained)]))
    if not 2 <= len(names) <= MOST_ENCODERS:
        raise InvalidEvidence(
            f"a lattice needs 2 to {MOST_ENCODERS} encoders; the subsets of this table name {len(names)}: "
            f"{some(names)}. Subsets are written clip+sam"
        )
    return names


def _without_doubles(cells: Sequence[Cell], problems: list[str]) -> list[Cell]:
    """Leave out what is no number, and what is given twice with two values, since nobody can tell which is meant."""
    broken = [cell for cell in cells if not isfinite(cell.value)]
    if broken:
        problems.append(f"{len(broken):,} scores are no numbers (NaN) and count as missing: {_told(broken)}")
    by_place: dict[tuple[frozenset[str], frozenset[str], str, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        by_place[frozenset(cell.trained), frozenset(cell.kept), cell.benchmark, cell.seed].append(cell)
    doubled = [found for found in by_place.values() if len(found) > 1]
    alike = [found[0] for found in doubled if _agree(found)]
    unlike = [found[0] for found in doubled if not _agree(found)]
    if alike:
        problems.append(f"{len(alike):,} cells are duplicates with one value, and count once: {_told(alike)}")
    if unlike:
        problems.append(
            f"{len(unlike):,} cells are duplicates with several values, and count as missing: {_told(unlike)}"
        )
    return [found[0] for found in by_place.values() if _agree(found) and isfinite(found[0].value)]


def _agree(cells: Sequence[Cell]) -> bool:
    return all(cell.value == cells[0].value for cell in cells[1:])


def _told(cells: Sequence[Cell]) -> str:
    return some([f"{_slug(cell)} on {cell.benchmark}, seed {cell.seed}{cell.where}" for cell in cells])


def _slug(cell: Cell) -> str:
    trained, kept = ("+".join(names) or "none" for names in (cell.trained, cell.kept))
    return trained if trained == kept else f"{trained} keeping {kept}"


def _baseline(cells: Sequence[Cell], benchmarks: Sequence[str], what: str) -> Values:
    found: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        if isfinite(value := getattr(cell, what)):
            found[cell.benchmark].append(value)
    return np.array([np.mean(found[name]) if name in found else np.nan for name in benchmarks])


def _oddities(lattice: Lattice) -> list[str]:
    told = []
    for view in VIEWS:
        cells, known = lattice.scores[view], lattice.known(view)
        if not known[:-1].any():
            continue
        flat = [
            name
            for place, name in enumerate(lattice.benchmarks)
            if known[:, place].sum() > 1 and len(np.unique(cells[..., place][np.isfinite(cells[..., place])])) == 1
        ]
        if flat:
            told.append(f"constant columns, the same for every {view} subset, so they rank nothing: {some(flat)}")
    whole = np.concatenate([lattice.scores[view][:, -1, :] for view in VIEWS])
    empty = [name for name, values in zip(lattice.benchmarks, whole.T, strict=True) if (values <= 0).any()]
    if empty:
        told.append(f"the full set's score is zero or below, so no rate of it is defined: {some(empty)}")
    if len(lattice.seeds) == 1:
        told.append(f"one seed only ({lattice.seeds[0]}): no interval here holds the noise between trainings")
    return told
