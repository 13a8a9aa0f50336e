"""Read what `harness attend` measured: how far each masked view moves the look at the picture, on one benchmark.

The interval of a divergence is its mean over questions and 1.96 standard errors either way, not below 0; the standard
error is not clustered by picture. `attention_divergence.py` has the formula.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from harness.analyse.cells import ZERO
from harness.analyse.number import Number
from harness.errors import InvalidEvidence

SIZE_LIMIT = 16 * 2**20
NORMAL_95 = 1.959964
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Hold one view: what is kept, what masks the rest, its divergence in nats, and the share looked at the picture."""

    kept: str
    mask: str
    divergence: Number
    reversed: float
    on_picture: float
    questions: int

    def plain(self) -> Plain:
        """Return JSON values."""
        beside = {name: getattr(self, name) for name in ("reversed", "on_picture", "questions")}
        return {**self.divergence.plain(), **beside}


@dataclass(frozen=True, slots=True)
class Looks:
    """Hold the views of one model on one benchmark."""

    benchmark: str
    smoothing: float
    of_full: float
    views: tuple[Look, ...]
    problems: tuple[str, ...] = ()

    def plain(self) -> Plain:
        """Return JSON values: by operator, then by what is kept."""
        by_mask: dict[str, Plain] = {}
        for look in self.views:
            by_mask.setdefault(look.mask, {})[look.kept] = look.plain()
        about = {"benchmark": self.benchmark, "smoothing": self.smoothing, "on_picture_of_full": self.of_full}
        return {**about, "views": by_mask}


def read(path: Path, pool: Sequence[str], trainings: Collection[str] = ()) -> Looks | None:
    """Read the looks of the full model of a pool; where `trainings` are given, those of any other are left out.

    Raises:
        InvalidEvidence: the file is absent, too large, not what harness attend wrote, or of another model than the full
            one of this pool.
    """
    if not path.is_file() or path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} is absent or larger than {SIZE_LIMIT:,} bytes; harness attend --out writes it")
    try:
        plain = json.loads(path.read_bytes())
        views = tuple(_look(one) for one in plain["views"])
        of_full = float(plain["views"][0]["on_picture_of_full"])
        benchmark, smoothing = str(plain["benchmark"]), float(plain["smoothing"])
        trained, training = str(plain["trained"]), str(plain["training"])
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise InvalidEvidence(f"{path} is not what harness attend --out writes: {error!r}") from error
    if set(trained.split("+")) != set(pool):
        raise InvalidEvidence(f"{path} is of '{trained}', and the full set of this table is '{'+'.join(pool)}'")
    if trainings and training not in trainings:
        told = f"the attention in {path.name} is of another training than this table's, and plays no part"
        return Looks(benchmark, smoothing, of_full, (), (told,))
    return Looks(benchmark, smoothing, of_full, views)


def _look(plain: Mapping[str, Any]) -> Look:
    figures = [float(plain[name]) for name in ("divergence", "standard_error", "reversed", "on_picture", "questions")]
    if not all(isfinite(figure) and figure >= 0 for figure in figures):
        raise ValueError(f"a figure of '{plain['kept']}' is no finite number of 0 or more")
    middle, error, reversed_, on_picture, questions = figures
    ends = max(0.0, middle - NORMAL_95 * error), middle + NORMAL_95 * error
    mask = str(plain["mask"] or ZERO)
    return Look(str(plain["kept"]), mask, Number(middle, *ends), reversed_, on_picture, int(questions))
