"""Read what is known of each encoder beside its scores: `encoder,parameters,rank` and any further probes, one a row.

A subset's parameters and its rank are the sums over its members: a named choice, since how arXiv 2606.03879 joins the
ranks of several encoders is not public. The language model is the same in every subset and plays no part.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from harness.analyse.masks import Values
from harness.errors import InvalidEvidence, UnknownName

SIZE_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class Traits:
    """Hold one number an encoder, in pool order, for each trait."""

    values: Mapping[str, Values]

    def of_subsets(self, name: str) -> Values:
        """Return a trait's sum over the members of every mask, (2^n)."""
        own = self.values[name]
        members = (np.arange(2 ** len(own))[:, None] >> np.arange(len(own))) & 1
        return members @ own

    def log_parameters(self) -> Values:
        """Return the natural logarithm of every mask's parameters, NaN for the empty one."""
        total = self.of_subsets("parameters")
        return np.log(np.where(total > 0, total, np.nan))


def of_numbers(values: Mapping[str, Sequence[float]]) -> Traits:
    """Take traits that are known already, one number an encoder in pool order."""
    return Traits({name: np.array(numbers, dtype=np.float64) for name, numbers in values.items()})


def read(path: Path, pool: Sequence[str]) -> Traits:
    """Read the traits of a pool.

    Raises:
        InvalidEvidence: the file is absent, too large or no such table, an encoder is missing or twice there, or a
            trait is no finite number.
        UnknownName: an encoder that the pool does not have.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; a table of encoders was expected")
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidEvidence(f"{path} is no readable table: {error}") from error
    names = [name for name in (rows[0] if rows else {}) if name != "encoder"]
    if not rows or "encoder" not in rows[0] or not names:
        raise InvalidEvidence(f"{path} needs a column 'encoder' and one or more of numbers: parameters, rank, probes")
    found: dict[str, list[float]] = {}
    for line, row in enumerate(rows, start=2):
        encoder = (row["encoder"] or "").strip()
        if encoder not in pool:
            raise UnknownName("encoder", encoder, pool)
        if encoder in found:
            raise InvalidEvidence(f"{path}, line {line}: {encoder} stands twice")
        found[encoder] = [_number(row[name], f"{path}, line {line}, {name}") for name in names]
    if missing := [name for name in pool if name not in found]:
        raise InvalidEvidence(f"{path} lacks {', '.join(missing)}; every encoder of the table needs its row")
    table = np.array([found[name] for name in pool])
    return Traits({name: table[:, place] for place, name in enumerate(names)})


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise InvalidEvidence(f"{where}: '{text}' is no finite number")
    return value
