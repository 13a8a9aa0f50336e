"""Read anybody's table of scores by subset: delimited text, long or wide.

Long: `trained` and `benchmark` and `score`, and where they are given `kept` (else as trained), `mask` (what stands for
a masked encoder: else zero), `seed` (else 0), `standard_error`, `blind`, `chance`. Wide: `trained`, perhaps `kept`,
`mask` and `seed`, a column a benchmark. The columns of the project's own `scores.csv` are known under their last names
(`entry.trained`, `value`).

A mask is any word: `zero` (or none stated), `mean`, `noise`, a method of somebody's own; `blind` is a model that was
asked without any picture, so nothing is kept.

With `id` and `mark` instead of `score` a row is one answer, and the scores are their means (`marks.py`).

A subset is written `clip+sam`, in any order; `all` is every encoder that the table names, `none` the empty set. Scores
are brought to 0-100 as the suite prints them: a column of the suite with a scale of its own (MME to 2000, OCRBench to
1000) is divided where one of its values is above 100, and the answer says so.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.errors import UnknownName
from benchmarks.suite import GROUPS, find_column
from harness.analyse.cells import BLIND, ZERO, Cell, some
from harness.analyse.marks import Answer, pooled
from harness.analyse.scale import on_suite
from harness.errors import InvalidEvidence

SIZE_LIMIT = 512 * 2**20
MOST_BENCHMARKS = 100
LARGEST = 1e6
LONGEST_MASK = 40
NAMES = {
    "trained": ("trained", "subset", "encoders"),
    "kept": ("kept",),
    "mask": ("mask", "operator"),
    "benchmark": ("benchmark",),
    "seed": ("seed",),
    "score": ("score", "value"),
    "standard_error": ("standard_error", "se"),
    "blind": ("blind",),
    "chance": ("chance",),
    "recipe": ("recipe",),
    "id": ("id",),
    "mark": ("mark",),
    "cluster": ("cluster",),
}
AVERAGES = ("average", "avg", "mean", "overall")
# What stands beside a benchmark's name in the answer must not be one.
TAKEN = {*GROUPS, "value", "low", "high", "category_average", "null_mean", "null_95", "p_value", "debiased"}


@dataclass(frozen=True, slots=True)
class Read:
    """Hold the cells of a table and what a reader should know of how they were read."""

    cells: tuple[Cell, ...]
    remarks: tuple[str, ...]


Row = Mapping[str, str]


def read(path: Path) -> Read:
    """Read a table.

    Raises:
        InvalidEvidence: the file is absent, too large, no text, or no table of this form; the message names the line.
    """
    if not path.is_file():
        raise InvalidEvidence(f"{path} is absent or no plain file; a table of scores was expected there")
    if path.stat().st_size > SIZE_LIMIT:
        raise InvalidEvidence(f"{path} has {path.stat().st_size:,} bytes; a table has at most {SIZE_LIMIT:,}")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        delimiter = max(",;\t", key=text.partition("\n")[0].count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidEvidence(f"{path} is no readable table: {error}") from error
    numbered = [(line, row) for line, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if len(numbered) < 2:
        raise InvalidEvidence(f"{path} holds no row of scores; a header and at least one row were expected")
    return _cells(numbered[0][1], numbered[1:], path)


def _cells(header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], path: Path) -> Read:
    names = [name.strip() for name in header]
    known = _known(names)
    if "trained" not in known:
        raise InvalidEvidence(
            f"{path} has no column 'trained' that names the subsets, such as clip+sam; found {some(names)}"
        )
    for line, row in rows:
        if len(row) != len(names):
            raise InvalidEvidence(f"{path}, line {line}: {len(row)} cells under {len(names)} columns")
    remarks: list[str] = []
    recipes = {row[known["recipe"]] for _, row in rows} if "recipe" in known else set()
    if len(recipes) > 1:
        raise InvalidEvidence(
            f"{path} holds several recipes: {some(sorted(recipes))}. A lattice is of one; give each a file"
        )
    if {"benchmark", "id", "mark"} <= known.keys():
        by_mark = {**known, "score": known["mark"]}
        answers = [
            Answer(
                _long(row, by_mark, line, path),
                row[known["id"]],
                row[known["cluster"]] if "cluster" in known else row[known["id"]],
            )
            for line, row in rows
        ]
        cells = pooled(answers, remarks)
    elif "benchmark" in known and "score" in known:
        cells = [_long(row, known, line, path) for line, row in rows]
    else:
        cells = _wide(names, known, rows, path, remarks)
    cells = _of_benchmarks(cells, path, remarks)
    # A word is spelled out last: what it stands for is known only when every row has been read.
    pool = tuple(dict.fromkeys(name for cell in cells for name in cell.trained if name != "all"))
    cells = [_whole(cell, pool) for cell in cells]
    return Read(tuple(on_suite(cells, remarks)), tuple(remarks))


def _of_benchmarks(cells: Sequence[Cell], path: Path, remarks: list[str]) -> list[Cell]:
    """Leave printed averages out, which are taken anew, and refuse names that the answer needs for something else."""
    averages = {cell.benchmark for cell in cells if cell.benchmark.lower() in AVERAGES}
    if averages:
        remarks.append(f"averages are taken anew, so these play no part: {some(sorted(averages))}")
    own = [cell for cell in cells if cell.benchmark not in averages]
    if taken := {cell.benchmark for cell in own} & TAKEN:
        raise InvalidEvidence(f"{path}: a benchmark cannot be called {some(sorted(taken))}; rename it")
    return own


def _known(names: Sequence[str]) -> dict[str, int]:
    """Find the columns with a meaning; a dotted name counts by its last part, and the first of two wins."""
    heads = [name.rpartition(".")[2].lower().replace(" ", "_") for name in names]
    return {
        meaning: heads.index(spelling)
        for meaning, spellings in NAMES.items()
        for spelling in reversed(spellings)
        if spelling in heads
    }


def _subset(text: str, where: str) -> tuple[str, ...]:
    if text.strip().lower() == "none":
        return ()
    members = tuple(name.strip() for name in text.split("+"))
    if not all(members) or len(set(members)) != len(members):
        raise InvalidEvidence(f"{where}: '{text}' is no subset; expected different names joined by +, such as clip+sam")
    return members


def _long(row: Sequence[str], known: Mapping[str, int], line: int, path: Path) -> Cell:
    where = f"{path}, line {line}"
    benchmark = row[known["benchmark"]].strip()
    if not benchmark:
        raise InvalidEvidence(f"{where}: a score without a benchmark")
    trained, kept, seed, mask = _head(row, known, where)

    def known_number(name: str) -> float:
        return _number(row[known[name]]) if name in known else float("nan")

    return Cell(
        trained,
        kept,
        _canonical(benchmark),
        seed,
        _number(row[known["score"]]),
        known_number("standard_error"),
        known_number("blind"),
        known_number("chance"),
        f" (line {line})",
        mask=mask,
    )


def _head(
    row: Sequence[str], known: Mapping[str, int], where: str
) -> tuple[tuple[str, ...], tuple[str, ...], str, str]:
    trained = _subset(row[known["trained"]], where)
    kept_text, seed, mask = (row[known[name]].strip() if name in known else "" for name in ("kept", "seed", "mask"))
    kept = _subset(kept_text, where) if kept_text else trained
    mask = mask.lower() or ZERO
    if mask == BLIND:
        kept = ()
    if len(mask) > LONGEST_MASK:
        raise InvalidEvidence(f"{where}: a mask is one word, such as zero, mean or noise; came '{mask[:LONGEST_MASK]}'")
    if trained != ("all",) and kept != ("all",) and not set(kept) <= set(trained):
        raise InvalidEvidence(f"{where}: kept '{'+'.join(kept)}' is not inside trained '{'+'.join(trained)}'")
    return trained, kept, seed or "0", mask


def _wide(
    names: Sequence[str],
    known: Mapping[str, int],
    rows: Sequence[tuple[int, Sequence[str]]],
    path: Path,
    remarks: list[str],
) -> list[Cell]:
    own = {known[name] for name in ("trained", "kept", "mask", "seed", "recipe") if name in known}
    empty = [at for at in range(len(names)) if all(_number(row[at]) != _number(row[at]) for _, row in rows)]
    columns = [at for at in range(len(names)) if at not in own and at not in empty]
    if left := [names[at] for at in empty if at not in own]:
        remarks.append(f"columns without any number play no part: {some(left)}")
    if not columns or len(columns) > MOST_BENCHMARKS:
        raise InvalidEvidence(
            f"{path} has {len(columns)} columns of scores; expected columns 'benchmark' and 'score', or 1 to "
            f"{MOST_BENCHMARKS} columns named after benchmarks"
        )
    cells = []
    for line, row in rows:
        trained, kept, seed, mask = _head(row, known, f"{path}, line {line}")
        cells += [
            Cell(trained, kept, _canonical(names[at]), seed, _number(row[at]), where=f" (line {line})", mask=mask)
            for at in columns
        ]
    return cells


def _whole(cell: Cell, pool: tuple[str, ...]) -> Cell:
    trained, kept = (pool if names == ("all",) else names for names in (cell.trained, cell.kept))
    return replace(cell, trained=trained, kept=kept)


def _number(text: str) -> float:
    """Read a number; what is none, or beyond any scale, becomes NaN, which the lattice names."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        return float("nan")
    return value if abs(value) <= LARGEST else float("nan")


def _canonical(label: str) -> str:
    try:
        return find_column(label).name
    except UnknownName:
        return label
