"""Write down and read how much every subset of encoders reads out: `subset,readout`, a subset a row.

`readout` is an R^2 on what was held out (`readouts.py`). Beside the table `x.csv` stands `x.json`, which says of which
weights it is; a reading that expects certain weights leaves out, and names, a table that is of others or does not say.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from harness.analyse import masks
from harness.analyse.cells import some
from harness.analyse.masks import Values
from harness.analyse.number import Number
from harness.analyse.readouts import in_order
from harness.errors import InvalidEvidence, UnknownName

SIZE_LIMIT = 2**20
NEEDED = ("subset", "readout")


@dataclass(frozen=True, slots=True)
class Readouts:
    """Hold the readouts that are known of a pool's subsets, by bit mask."""

    pool: tuple[str, ...]
    values: Mapping[int, float]
    problems: tuple[str, ...] = ()

    def of_subsets(self) -> Values:
        """Return the readout of every mask, (2^n), NaN where it is not known."""
        return np.array([self.values.get(mask, np.nan) for mask in range(2 ** len(self.pool))])

    def of_pairs(self) -> Values | None:
        """Return the readouts of all pairs in the order of their members' places; None where one lacks."""
        pairs = [self.values.get(1 << i | 1 << j) for i, j in combinations(range(len(self.pool)), 2)]
        return None if None in pairs else np.array(pairs, dtype=np.float64)

    def plain(self) -> dict[str, Any]:
        """Return JSON values by subset, small ones first."""
        known = [mask for mask in in_order(len(self.pool)) if mask in self.values]
        return {masks.written(mask, self.pool): Number(self.values[mask]).plain() for mask in known}


def told(readouts: Readouts | None, why: dict[str, Any]) -> dict[str, Any]:
    """Return the readouts by subset; what lacks is named in `why`."""
    if readouts is None or not readouts.values:
        why["readout"] = "it needs pre-trained encoders: harness probe, or a table of its kind, --readouts FILE.csv"
        return {}
    lacking = [mask for mask in in_order(len(readouts.pool)) if mask not in readouts.values]
    if lacking:
        names = some([masks.written(mask, readouts.pool) for mask in lacking])
        why["readout"] = f"the table of readouts lacks {names}"
    return readouts.plain()


def to_csv(values: Mapping[str, float]) -> str:
    """Write readouts by subset as a table that `read` reads; every digit stays."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NEEDED)
    writer.writerows(values.items())
    return text.getvalue()


def read(path: Path, pool: Sequence[str], weights: Mapping[str, str] | None = None) -> Readouts:
    """Read the readouts of a pool; where `weights` are given (SHA-256 by part), those of any other are left out.

    Raises:
        InvalidEvidence: the file is absent, too large or no such table, a subset stands twice, a readout is no number
            of 1 or less, or the record beside it is of another table.
        UnknownName: an encoder that the pool does not have.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; harness probe writes it")
    content = path.read_bytes()
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidEvidence(f"{path} is no readable table: {error}") from error
    if not rows or not set(NEEDED) <= set(rows[0]):
        raise InvalidEvidence(f"{path} needs the columns {', '.join(NEEDED)} and at least one row")
    found: dict[int, float] = {}
    for line, row in enumerate(rows, start=2):
        where = f"{path}, line {line}"
        mask = _mask((row["subset"] or "").strip(), pool, where)
        if mask in found:
            raise InvalidEvidence(f"{where}: {masks.written(mask, pool)} stands twice")
        found[mask] = _number(row["readout"], where)
    why = _foreign(path, sha256(content).hexdigest(), weights)
    return Readouts(tuple(pool), {}, (why,)) if why else Readouts(tuple(pool), found)


def _foreign(path: Path, digest: str, expected: Mapping[str, str] | None) -> str:
    """Say why a table is not of the expected weights, empty where it is or where none are expected."""
    beside = path.with_suffix(".json")
    if not beside.is_file():
        told = f"the readouts in {path.name} do not say of which weights they are (no {beside.name} beside them)"
        return f"{told}, and play no part" if expected else ""
    try:
        record = json.loads(beside.read_bytes())
        own, of = str(record["sha256"]), {str(part): str(digest) for part, digest in record["weights"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InvalidEvidence(f"{beside} is not what harness probe writes beside its table: {error!r}") from error
    if own != digest:
        raise InvalidEvidence.digest(str(path), own, digest, f"{beside.name} is of another table. Make both again")
    others = [part for part, digest in (expected or {}).items() if of.get(part) != digest]
    if not others:
        return ""
    return f"the readouts in {path.name} are of other weights than this table's ({', '.join(others)}), and play no part"


def _mask(subset: str, pool: Sequence[str], where: str) -> int:
    members = list(pool) if subset == "all" else [name.strip() for name in subset.split("+")]
    for name in members:
        if name not in pool:
            raise UnknownName("encoder", name, pool)
    if len(set(members)) != len(members):
        raise InvalidEvidence(f"{where}: '{subset}' names an encoder twice")
    return sum(1 << pool.index(name) for name in members)


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value) or value > 1:
        raise InvalidEvidence(f"{where}: '{text}' is no readout, which is a finite number of 1 or less")
    return value
