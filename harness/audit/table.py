"""Hold a table that is understood: what every column means, what every row is called, and its cells.

Scores are reckoned on the suite's scale (0-100) by exact factors: a cell of a column whose full marks are printed as
`top` stands for 100 / top of a point each; MME perception has `top` 2000, OCRBench 1000 or 100, a share of one 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from benchmarks.neighbours import Neighbour
from benchmarks.suite import Column, Group
from harness.audit.cell import Cell
from harness.audit.interval import Interval

Role = Literal["benchmark", "neighbour", "average", "measure", "attribute", "other", "label", "ignored"]
MeasureName = Literal["cur", "information_gap", "capacity", "necessity"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Say what a column is: a benchmark of the suite, one beside it, an average, a measure, or none of them.

    `covers` of an average is a group of the suite, `sixteen` for the whole suite, or `unstated`. `lower` says that less
    is better. `why` is how it was recognised, for the printed mapping.
    """

    role: Role
    benchmark: Column | None = None
    neighbour: Neighbour | None = None
    covers: Group | Literal["sixteen", "unstated"] = "unstated"
    measure: MeasureName | None = None
    lower: bool = False
    declared: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Return one word for the printed mapping."""
        if self.benchmark:
            return self.benchmark.name
        if self.neighbour:
            return self.neighbour.name
        if self.role == "average":
            return f"average of {self.covers}" if self.covers != "unstated" else "average"
        return self.measure or self.role


@dataclass(frozen=True, slots=True)
class Field:
    """Hold one column of a table: its label as printed, its meaning, and the value that full marks have in it.

    `units` is the number of scoring units if the file or the mapping states one; `trusted` is False where the nominal
    number of the benchmark cannot be assumed (a table of a small study). `metric` is the protocol a long table states.
    """

    label: str
    meaning: Meaning
    top: int = 100
    stated_top: bool = False
    metric: str = ""
    units: int | None = None
    trusted: bool = True

    @property
    def point(self) -> Fraction:
        """Return the factor that brings a printed value to 0-100."""
        return Fraction(100, self.top)

    @property
    def steps(self) -> int | None:
        """Return in how many equal steps the scale falls, or None where that is not known."""
        if self.units is not None:
            return self.units
        if not self.trusted or self.meaning.declared:
            return None
        known = self.meaning.benchmark or self.meaning.neighbour
        return known.steps if known else None

    @property
    def is_score(self) -> bool:
        """Tell whether the column holds scores of one benchmark."""
        return self.meaning.role in ("benchmark", "neighbour")


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one row's name: label as printed, the section it stands in, and the block between two rules.

    `is_model` is False for rows that hold no model's scores: changes, means over models, chance, people. `detail` is
    what else tells rows of one label apart: attributes, or that the label is one cell over several rows.
    """

    label: str
    section: str = ""
    block: int = 0
    is_model: bool = True
    detail: str = ""

    @property
    def key(self) -> str:
        """Return what two rows must share to be one model in one place."""
        return f"{self.section} | {self.label}" if self.section else self.label


@dataclass(frozen=True, slots=True)
class Table:
    """Hold one understood table. `runs` is over how many runs its caption says the cells are averaged."""

    name: str
    caption: str
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]
    cells: dict[tuple[int, int], Cell]
    runs: int = 1
    remarks: tuple[str, ...] = ()
    source: str = ""
    _by_column: dict[int, list[int]] = field(default_factory=dict, compare=False)

    def numbers(self, column: int) -> Iterator[tuple[int, Cell]]:
        """Walk the numbers of the models in a column from top to bottom, with their rows."""
        if not self._by_column:
            for row, place in sorted(self.cells):
                if self.rows[row].is_model:
                    self._by_column.setdefault(place, []).append(row)
        for row in self._by_column.get(column, ()):
            cell = self.cells[row, column]
            if cell.number is not None:
                yield row, cell

    def number(self, row: int, column: int) -> Cell | None:
        """Return a cell if it holds a number."""
        cell = self.cells.get((row, column))
        return cell if cell is not None and cell.number is not None else None

    def on_suite(self, row: int, column: int) -> Interval | None:
        """Return what a cell stands for on 0-100, rounded to the nearest; None where it holds no number."""
        cell = self.number(row, column)
        return cell.number.nearest.scaled(self.fields[column].point) if cell and cell.number else None

    def columns(self, *roles: Role) -> list[int]:
        """List the columns with one of these roles."""
        return [place for place, field in enumerate(self.fields) if field.meaning.role in roles]
