"""Hold a table as it stands in a file, before anything is understood: rectangular rows of text, with what was merged.

The limits stop hostile files: a colspan of a billion, a megabyte without a line end, ten thousand nested tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from harness.errors import InvalidEvidence

MOST_BYTES = 8 * 2**20
MOST_ROWS = 20_000
MOST_COLUMNS = 256
MOST_CELLS = 400_000
MOST_TABLES = 500


@dataclass(frozen=True, slots=True)
class Raw:
    """Hold one cell's text. `across` and `down` are how far it reaches; `shadow` marks the places it only covers."""

    text: str
    bold: bool = False
    across: int = 1
    down: int = 1
    line: int = 0
    shadow: bool = False


EMPTY = Raw("")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Hold one rectangular table.

    `heads` is the number of header rows where the format says so (None where it does not); `breaks` are the rows above
    which the table draws a rule or begins a new body.
    """

    name: str
    caption: str
    rows: tuple[tuple[Raw, ...], ...]
    heads: int | None = None
    breaks: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def transposed(self) -> "Sheet":
        """Swap rows and columns."""
        turned = tuple(
            tuple(replace(cell, across=cell.down, down=cell.across) for cell in column)
            for column in zip(*self.rows, strict=True)
        )
        return Sheet(self.name, self.caption, turned)


@dataclass(slots=True)
class Layout:
    """Lay cells out row by row, filling the places that a cell reaches into to its right and below.

    With `placeholders` (LaTeX) a row also writes the places that a cell above reaches into, usually empty; a place that
    is written all the same keeps its own text.
    """

    where: str
    placeholders: bool = False
    rows: list[list[Raw]] = field(default_factory=list)
    _open: dict[int, tuple[int, Raw]] = field(default_factory=dict)
    _cells: int = 0

    def add(self, cells: Sequence[Raw]) -> None:
        """Add one row of cells, left to right.

        Raises:
            InvalidEvidence: the table is larger than a table for people can be.
        """
        row: list[Raw] = []
        waiting = list(cells)
        while waiting or any(place >= len(row) for place in self._open):
            place = len(row)
            if place in self._open:
                left, cell = self._open.pop(place)
                own = waiting.pop(0) if self.placeholders and waiting else EMPTY
                row.append(own if own.text else replace(cell, shadow=True))
                if left > 1 and not own.text:
                    self._open[place] = (left - 1, cell)
                # A place taken for this row must not be met again in it.
                continue
            if not waiting:
                row.append(EMPTY)
                continue
            cell = waiting.pop(0)
            across = min(max(cell.across, 1), MOST_COLUMNS + 1 - place if place <= MOST_COLUMNS else 1)
            down = min(max(cell.down, 1), MOST_ROWS)
            kept = replace(cell, across=across, down=down)
            for step in range(across):
                row.append(kept if step == 0 else replace(kept, shadow=True))
                if down > 1:
                    self._open[place + step] = (down - 1, kept)
            if len(row) > MOST_COLUMNS:
                break
        self._cells += len(row)
        if len(row) > MOST_COLUMNS or len(self.rows) >= MOST_ROWS or self._cells > MOST_CELLS:
            raise InvalidEvidence(
                f"{self.where}: a table of more than {MOST_COLUMNS} columns, {MOST_ROWS:,} rows or "
                f"{MOST_CELLS:,} cells is not read; split it"
            )
        self.rows.append(row)

    def sheet(self, name: str, caption: str, heads: int | None, breaks: set[int]) -> Sheet | None:
        """Return the table, padded to a rectangle, or None where nothing was laid out."""
        width = max((len(row) for row in self.rows), default=0)
        # Padding may add cells too: a ragged file cannot make more of them than the limit.
        if width == 0 or width * len(self.rows) > 4 * MOST_CELLS:
            return None
        padded = tuple((*row, *(EMPTY,) * (width - len(row))) for row in self.rows)
        return Sheet(name, caption, tuple(tuple(row) for row in padded), heads, frozenset(breaks))
