"""Find what no single entry shows: a shift of a model, a benchmark, a category, an encoder, or of everything.

Entry by entry a table hides what is systematic: a loss of one point on one benchmark of 1,000 questions in all 31
models is found in one entry of a hundred, and always in the benchmark's mean (31 x 16 table, 3 % flips, simulated).

What may be summed depends on what was redrawn:

- *answers* (repredict): flips of different questions are independent, those of one image are not, neither within a
  model nor between models. So a mean over entries is split by image, and the images are the units. What is reported is
  the plain mean, since a margin is promised for it; what is tested is the sum of the benchmarks' z values, since in the
  plain mean the noise of the smallest benchmark drowns the rest: at 3 % flips a model that loses half a point on all
  sixteen is found in two tables of three by its mean, and in all by its z values.
- *trainings* (retrain): all entries of one training share its seed. So a training is one unit, whatever it answered.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Literal

import numpy as np
import scipy

from benchmarks.suite import find_column
from harness.errors import InvalidEvidence
from harness.schema.entry import Entry
from harness.verify.moved import Moved, Values
from harness.verify.paired import pseudo_square
from harness.verify.signs import TOLERANCE, moving, sign_flip_test

Family = Literal["models", "benchmarks", "categories", "encoders", "everything"]
FAMILIES: tuple[Family, ...] = ("models", "benchmarks", "categories", "encoders", "everything")
FEW = 30
DOMINATING = 0.1
UNITS_NEEDED = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """Hold one entry of a table with what its clusters moved."""

    entry: Entry
    moved: Moved


@dataclass(frozen=True, slots=True)
class Contrast:
    """Hold a weighted sum of entries' differences in points, its standard error and the p-value of no shift."""

    family: Family
    name: str
    entries: int
    difference: float
    error: float
    p_value: float


def contrasts(cells: Sequence[Cell], redrawn: Literal["answers", "trainings"]) -> list[Contrast]:
    """Test every group of entries that more than one entry makes up; groups too small for a test are left out."""
    found = []
    squares = [pseudo_square(cell.moved) for cell in cells] if redrawn == "answers" else []
    for family, name, weights in _groups(cells):
        chosen = [(cell, weight) for cell, weight in zip(cells, weights, strict=True) if weight]
        if redrawn == "answers":
            pseudo = fsum(2 * weight**2 * square for square, weight in zip(squares, weights, strict=True))
            found.append(_by_image(family, name, chosen, pseudo))
        else:
            tested = _by_training(family, name, chosen, cells)
            found += [tested] if tested else []
    return found


def _groups(cells: Sequence[Cell]) -> Iterable[tuple[Family, str, list[float]]]:
    """Yield each group with the weight of every cell: the mean of its members, for encoders with minus without."""
    members: dict[tuple[Family, str], list[bool]] = {}

    def gather(family: Family, names: Sequence[str]) -> None:
        for name in sorted(set(names)):
            members[family, name] = [one == name for one in names]

    gather("models", [_model(cell.entry) for cell in cells])
    gather("benchmarks", [cell.entry.benchmark for cell in cells])
    gather("categories", [find_column(cell.entry.benchmark).group for cell in cells])
    gather("everything", ["all entries"] * len(cells))
    for (family, name), inside in members.items():
        count = sum(inside)
        # The whole is tested once, not again under the name of its only member.
        if count > 1 and (count < len(cells) or family == "everything"):
            yield family, name, [one / count for one in inside]
    for encoder in sorted({name for cell in cells for name in cell.entry.trained.names}):
        holding = [encoder in cell.entry.kept for cell in cells]
        count = sum(holding)
        if 0 < count < len(cells):
            weights = [1 / count if one else -1 / (len(cells) - count) for one in holding]
            yield "encoders", encoder, weights


def _by_image(family: Family, name: str, chosen: Sequence[tuple[Cell, float]], pseudo: float) -> Contrast:
    """Split the sum by image: the same image's part of every model is one unit; `pseudo` is their prior."""
    parts: dict[str, Values] = {}
    for cell, weight in chosen:
        points, benchmark = weight * cell.moved.points, cell.entry.benchmark
        if benchmark in parts and len(parts[benchmark]) != len(points):
            raise InvalidEvidence(
                f"{benchmark}: {len(points):,} images of one entry, {len(parts[benchmark]):,} of another"
            )
        parts[benchmark] = parts[benchmark] + points if benchmark in parts else points
    squares = {benchmark: float((part**2).sum()) for benchmark, part in parts.items()}
    p_value = _chance(parts, squares, min(abs(weight) * cell.moved.answer_points for cell, weight in chosen))
    difference, whole = fsum(float(part.sum()) for part in parts.values()), fsum(squares.values())
    return Contrast(family, name, len(chosen), difference, sqrt(whole + pseudo), p_value)


def _chance(parts: Mapping[str, Values], squares: Mapping[str, float], step: float) -> float:
    """Return the p-value of T = sum over benchmarks of D_b / sqrt(sum over images of d^2), each image's sign by chance.

    A flipped sign changes no square, so the weights are constants under the null hypothesis and the test is exact; each
    D_b / sqrt(...) is (gained - lost) / sqrt(gained + lost) for single 0/1 answers. One benchmark alone keeps its own
    points, whose sums lie on a lattice.
    """
    alone = len(parts) == 1
    moved = [part if alone else part / sqrt(squares[name]) for name, part in sorted(parts.items()) if squares[name]]
    if not moved:
        return 1.0
    units = moving(np.concatenate(moved))
    parted = units**2
    whole = float(parted.sum())
    if len(units) < FEW or parted.max() > DOMINATING * whole * (1 - TOLERANCE):
        return sign_flip_test(units, step)[0]
    return float(2 * scipy.special.ndtr(-abs(fsum(units.tolist())) / sqrt(whole)))


def _by_training(
    family: Family, name: str, chosen: Sequence[tuple[Cell, float]], cells: Sequence[Cell]
) -> Contrast | None:
    """Test by t over trainings: their mean against zero, one against the others, those with against those without."""
    if family == "models":
        return _odd_one_out(name, chosen, cells)
    if family == "encoders":
        sides = [_means((cell for cell, weight in chosen if weight * sign > 0)) for sign in (1, -1)]
        groups = [np.array(list(side.values())) for side in sides]
        # A training on both sides (masked views) would be compared with itself.
        if min(map(len, groups)) < UNITS_NEEDED or sides[0].keys() & sides[1].keys():
            return None
        difference = float(groups[0].mean() - groups[1].mean())
        parts = [_deviation(side) ** 2 / len(side) for side in groups]
        error = sqrt(sum(parts))
        if not error:
            return None
        freedom = error**4 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, groups, strict=True))
        p_value = float(2 * scipy.special.stdtr(freedom, -abs(difference) / error))
        return Contrast(family, name, len(chosen), difference, error, p_value)
    values = np.array(list(_means(cell for cell, _ in chosen).values()))
    if len(values) < UNITS_NEEDED:
        return None
    difference, error = float(values.mean()), _deviation(values) / sqrt(len(values))
    p_value = (
        float(2 * scipy.special.stdtr(len(values) - 1, -abs(difference) / error)) if error else float(difference == 0)
    )
    return Contrast(family, name, len(chosen), difference, error, p_value)


def _odd_one_out(name: str, chosen: Sequence[tuple[Cell, float]], cells: Sequence[Cell]) -> Contrast | None:
    """Compare one training's mean with the others' by the prediction interval of one more of them."""
    mine = _training(chosen[0][0].entry)
    means = _means(cell for cell in cells if _model(cell.entry) == name or _training(cell.entry) != mine)
    others = np.array([value for training, value in means.items() if training != mine])
    if len(others) < UNITS_NEEDED or not _deviation(others):
        return None
    difference = means[mine] - float(others.mean())
    error = _deviation(others) * sqrt(1 + 1 / len(others))
    p_value = float(2 * scipy.special.stdtr(len(others) - 1, -abs(difference) / error))
    return Contrast("models", name, len(chosen), difference, error, p_value)


def _means(cells: Iterable[Cell]) -> Mapping[str, float]:
    values: dict[str, list[float]] = defaultdict(list)
    for cell in cells:
        values[_training(cell.entry)].append(cell.moved.difference)
    return {training: fsum(found) / len(found) for training, found in sorted(values.items())}


def _deviation(values: Values) -> float:
    """Return the standard deviation, zero where the values differ by nothing but rounding."""
    alike = np.ptp(values) <= TOLERANCE * np.abs(values).max()
    return 0.0 if alike else float(values.std(ddof=1))


def _training(entry: Entry) -> str:
    return f"{entry.trained} s{entry.seed}"


def _model(entry: Entry) -> str:
    """Name a row of the table: a training under one mask."""
    return _training(entry) + entry.model.removeprefix(str(entry.trained))
