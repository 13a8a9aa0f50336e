"""Draw rows of numbers with their intervals: bars from zero, or points, with a band for what noise alone would show."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.figures.drawing import Scale, box, drawing, line, marker, scale, text, wide

ROW = 27.0
TOP, BOTTOM = 8.0, 34.0
RIGHT = 16.0
LEAST = 90.0


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one number of a figure; `place` is the encoder's in the pool, else -1; up to `band` noise alone reaches."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    place: int = -1
    band: float | None = None

    @property
    def reach(self) -> list[float]:
        """Return every number that must fit on the scale."""
        return [one for one in (self.value, self.low, self.high, self.band) if one is not None]


def ranges(
    name: str, title: str, unit: str, rows: Sequence[Row], width: float = 560.0, shared: Scale | None = None
) -> str | None:
    """Draw the rows as bars from zero; `shared` gives several figures one scale. None where there is no row."""
    if not rows:
        return None
    left = max(LEAST, *(wide(row.label) for row in rows)) + 14
    height = TOP + ROW * len(rows) + BOTTOM
    x = common([rows], left, width - RIGHT) if shared is None else Scale(shared.low, shared.high, left, width - RIGHT)
    bottom = height - BOTTOM
    parts = []
    for tick, written in x.ticks(6 if width > 400 else 4):
        parts.append(line(x(tick), TOP, x(tick), bottom, "grid"))
        parts.append(text(x(tick), bottom + 16, written, "middle", "faint"))
    parts.append(text(width - RIGHT, height - 4, unit, "end", "faint small"))
    for at, row in enumerate(rows):
        parts += _row(row, x, left, TOP + ROW * at + ROW / 2)
    parts.append(line(x(0.0), TOP, x(0.0), bottom, "axis"))
    told = "; ".join(f"{row.label}: {_told(row)}" for row in rows)
    return drawing(name, width, height, title, f"{unit}, 95 per cent intervals as lines. {told}.", *parts)


def common(sets: Sequence[Sequence[Row]], start: float = 0.0, end: float = 1.0) -> Scale:
    """Make a scale from zero that holds the rows of several figures."""
    return scale([number for rows in sets for row in rows for number in row.reach], start, end, zero=True)


def _row(row: Row, x: Scale, left: float, y: float) -> list[str]:
    colour = f"e{row.place % 8}" if row.place >= 0 else "plain"
    parts = [text(left - 10, y + 4, row.label, "end")]
    if row.band is not None:
        parts.append(box(x(0.0), y - 10, x(row.band) - x(0.0), 20, "band"))
    ends = sorted((x(0.0), x(row.value)))
    parts.append(box(ends[0], y - 6, ends[1] - ends[0], 12, f"bar {colour}", 1.5))
    if row.low is not None and row.high is not None:
        parts.append(line(x(row.low), y, x(row.high), y, "whisker"))
        parts += [line(x(end), y - 4, x(end), y + 4, "whisker") for end in (row.low, row.high)]
    if row.place >= 0:
        parts.append(marker(x(row.value), y, row.place, 4.2))
    return parts


def _told(row: Row) -> str:
    ends = "" if row.low is None else f" ({row.low:.2f} to {row.high:.2f})"
    band = "" if row.band is None else f", noise alone up to {row.band:.2f}"
    return f"{row.value:.2f}{ends}{band}"
