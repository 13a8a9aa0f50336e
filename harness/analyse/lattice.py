"""Lay scores out as a lattice: subset -> value for each benchmark and seed, complete or said to be incomplete.

Two lattices share a pool of n encoders: *retrained*, every subset trained for itself, and *masked*, the views of the
model that was trained with the whole pool. Their full set is the same cell.

Nothing is dropped silently: a cell given twice with two values, what is no number and a view of another model are left
out and named in `problems`; so are columns that are the same everywhere, scores of the full set that are not positive
(a rate of them has no meaning), and a table of one seed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.errors import UnknownName
from benchmarks.suite import GROUPS, find_column
from harness.analyse import masks
from harness.analyse.cells import BLIND, NAMED, ZERO, Cell, some, told, without_doubles
from harness.analyse.masks import Values
from harness.errors import InvalidEvidence

View = Literal["retrained", "masked"]
VIEWS: tuple[View, ...] = ("retrained", "masked")
MOST_ENCODERS = 8


@dataclass(frozen=True, slots=True)
class Column:
    """Name what a measure is taken on: one benchmark, or the mean of several by their places."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Hold K seeds x 2^n masks x B benchmarks of scores and of their standard errors, NaN where there is none.

    `parts` has, for each benchmark whose marks are known, 2^n masks x G clusters for each view, averaged over seeds.
    `others` are the same retrained scores beside the views that another operator masks, by that operator.
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
    operator: str = ZERO
    others: Mapping[str, "Lattice"] = field(default_factory=dict)

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
        absences = []
        for mask in missing[:NAMED]:
            absent = [name for name, there in zip(self.benchmarks, known[mask], strict=True) if not there]
            on = "" if len(absent) == len(self.benchmarks) else f" on {some(absent)}"
            absences.append(masks.written(mask, self.pool) + on)
        rest = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        return f"{len(missing)} of the {len(wanted)} {view} subsets it needs are missing: {', '.join(absences)}{rest}"


def group_of(benchmark: str) -> str:
    """Return the category of a benchmark of the suite, empty for any other."""
    try:
        return find_column(benchmark).group
    except UnknownName:
        return ""


def build(cells: Sequence[Cell], remarks: Sequence[str] = ()) -> Lattice:
    """Lay cells out; `remarks` are problems that were found while they were read.

    The masked view is the one by zeros; where nothing is masked by zeros, that of the operator with most cells.

    Raises:
        InvalidEvidence: one encoder or too many, or no usable score.
    """
    pool = _pool(cells)
    counted = Counter(cell.operator for cell in cells if cell.operator and isfinite(cell.value))
    stand_ins = sorted(counted.keys() - {BLIND})
    operator = ZERO if ZERO in counted or not stand_ins else max(stand_ins, key=lambda name: counted[name])
    first = _of_operator(cells, remarks, operator, pool)
    found = {name: _of_operator(cells, (), name, pool) for name in sorted(counted) if name != operator}
    # What is wrong with the retrained scores, which all operators share, is said once.
    fresh = [
        f"masked by {name}: {said}" for name, it in found.items() for said in it.problems if said not in first.problems
    ]
    if void := sorted({cell.operator for cell in cells} - {"", operator} - counted.keys()):
        fresh.append(f"no usable score of the views masked by {some(void)}")
    return replace(first, others=found, problems=(*first.problems, *fresh))


def _of_operator(cells: Sequence[Cell], remarks: Sequence[str], operator: str, pool: tuple[str, ...]) -> Lattice:
    everything = frozenset(pool)
    problems = list(remarks)
    usable, foreign = [], []
    for cell in cells:
        if cell.operator not in ("", operator):
            continue
        own = not cell.operator or frozenset(cell.trained) == everything
        (usable if own else foreign).append(cell)
    if foreign:
        problems.append(
            f"{len(foreign):,} masked views of models other than the full one play no part: {told(foreign)}"
        )
    once = without_doubles(usable, problems)
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
        for view in _views_of(cell, everything):
            scores[view][at], errors[view][at] = cell.value, cell.error
    blind, chance = (_baseline(once, benchmarks, what) for what in ("blind", "chance"))
    lattice = Lattice(pool, benchmarks, seeds, scores, errors, blind, chance, operator=operator)
    parts = {name: found for name in benchmarks if (found := _parts(once, name, everything, bits))}
    return replace(lattice, problems=(*problems, *_oddities(lattice)), parts=parts)


def _views_of(cell: Cell, everything: frozenset[str]) -> list[View]:
    """Return the view that a cell belongs to; the full model shown whole stands in both."""
    views: list[View] = [] if cell.operator else ["retrained"]
    return [*views, "masked"] if frozenset(cell.trained) == everything else views


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
            if view in _views_of(cell, everything):
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


def _baseline(cells: Sequence[Cell], benchmarks: Sequence[str], what: str) -> Values:
    found: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        if isfinite(value := getattr(cell, what)):
            found[cell.benchmark].append(value)
    return np.array([np.mean(found[name]) if name in found else np.nan for name in benchmarks])


def _oddities(lattice: Lattice) -> list[str]:
    said = []
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
            said.append(f"constant columns, the same for every {view} subset, so they rank nothing: {some(flat)}")
    whole = np.concatenate([lattice.scores[view][:, -1, :] for view in VIEWS])
    empty = [name for name, values in zip(lattice.benchmarks, whole.T, strict=True) if (values <= 0).any()]
    if empty:
        said.append(f"the full set's score is zero or below, so no rate of it is defined: {some(empty)}")
    if len(lattice.seeds) == 1:
        said.append(f"one seed only ({lattice.seeds[0]}): no interval here holds the noise between trainings")
    return said
