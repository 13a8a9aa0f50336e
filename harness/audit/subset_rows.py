"""Read from row labels which encoders a row has: `SigLIP+DINOv2`, `w/o SAM`, `full`, or our own `clip+sam keeps clip`.

A label counts only if the table as a whole speaks of subsets: several rows, one of which has all the encoders that any
other row has. A subset that two rows claim is left out, because nobody can tell which one is meant.
"""

import re
from dataclasses import dataclass

from harness.audit.table import Table

FEWEST_ROWS = 3
MOST_ENCODERS = 10
_WITHOUT = re.compile(
    r"^(?:w/o\.?|without|no|mask(?:ed|ing)?|minus|drop(?:ped)?|remove[d]?|[-\u2212\u2013])\s*", re.IGNORECASE
)
_FULL = re.compile(
    r"^(?:full(?: model| pool| set)?|all(?: encoders)?|none masked|no mask|original|all five)$", re.IGNORECASE
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9./_-]{0,30}(?: [A-Za-z0-9./_-]{1,20})?")
_SEED = re.compile(r"\s*\(seed [^)]*\)$")


@dataclass(frozen=True, slots=True)
class Lattice:
    """Hold the rows of one pool of encoders: which row has which subset, and whether the rows are masked views."""

    full: frozenset[str]
    rows: dict[frozenset[str], int]
    masked: bool | None

    def without(self, encoder: str) -> int | None:
        """Return the row that has every encoder but one."""
        return self.rows.get(self.full - {encoder})


def lattices(table: Table) -> list[Lattice]:
    """Read the lattices of a table: one for each seed and each training whose masked views are printed, or one."""
    own = _own(table)
    by_seed: dict[str, list[int]] = {}
    for row, it in enumerate(table.rows):
        if it.is_model and " keeps " not in it.label:
            by_seed.setdefault(found.group() if (found := _SEED.search(it.label)) else "", []).append(row)
    plain = [lattice for rows in by_seed.values() if (lattice := _plain(table, rows, False if own else None))]
    return own + plain


def _own(table: Table) -> list[Lattice]:
    """Read rows that say what was trained and what was kept."""
    groups: dict[tuple[frozenset[str], str], dict[frozenset[str], int]] = {}
    whole: dict[tuple[frozenset[str], str], int] = {}
    for row, it in enumerate(table.rows):
        seed = found.group() if (found := _SEED.search(it.label)) else ""
        trained, keeps, kept = _SEED.sub("", it.label).partition(" keeps ")
        names = frozenset(trained.split("+"))
        if keeps:
            groups.setdefault((names, seed), {})[frozenset(kept.split("+"))] = row
        else:
            whole[names, seed] = row
    return [
        Lattice(full, {**rows, full: whole[full, seed]}, True)
        for (full, seed), rows in groups.items()
        if (full, seed) in whole
    ]


def _plain(table: Table, members: list[int], masked: bool | None) -> Lattice | None:
    """Read the rows of one seed whose labels list encoders, or say which one is left out."""
    listed: dict[int, frozenset[str]] = {}
    removed: dict[int, str] = {}
    full_rows: list[int] = []
    for row in members:
        label = _SEED.sub("", table.rows[row].label.rpartition(": ")[2]).strip()
        if _FULL.match(label):
            full_rows.append(row)
        elif (found := _WITHOUT.match(label)) and _NAME.fullmatch(rest := label[found.end() :].strip()):
            removed[row] = rest.lower()
        else:
            parts = [part.strip() for part in re.split(r"\s*(?:\+|&|,| and )\s*", label)]
            if all(_NAME.fullmatch(part) for part in parts) and len(set(parts)) == len(parts):
                listed[row] = frozenset(part.lower() for part in parts)
    multiple = [names for names in listed.values() if len(names) > 1]
    known = frozenset(name for names in multiple for name in names) | frozenset(removed.values())
    if len(known) < 2 or len(known) > MOST_ENCODERS:
        return None
    claims: dict[frozenset[str], list[int]] = {}
    for row, names in listed.items():
        if names <= known:
            claims.setdefault(names, []).append(row)
    for row, name in removed.items():
        claims.setdefault(known - {name}, []).append(row)
    for row in full_rows:
        claims.setdefault(known, []).append(row)
    rows = {names: at[0] for names, at in claims.items() if len(at) == 1}
    return Lattice(known, rows, masked) if known in rows and len(rows) >= FEWEST_ROWS else None
