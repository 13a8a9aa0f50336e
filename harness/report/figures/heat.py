"""Draw the heat map of a view: a row a subset, a column a benchmark, the subset's members as dots.

Each column has its own colours, from its lowest score in either view to its highest: benchmarks differ more than
subsets do. So colours compare down a column and between the two maps, never along a row.
"""

from collections.abc import Sequence
from typing import Any

from harness.report import names
from harness.report.figures.drawing import box, drawing, line, short, text, wide
from harness.report.names import MEAN, Plain

SHADES = 10
CELL, ROW, DOT = 46.0, 21.0, 26.0
GAP = 9.0
TURN = -38.0
LEFT = 12.0
LEGEND, SWATCH, SMALL = 40.0, 22.0, 11.0


def heat(found: Plain, view: str) -> str:
    """Draw a view's map; a cell without a score is hatched."""
    pool = found["pool"]
    columns = [MEAN, *names.in_suite_order(found["benchmarks"])]
    rows = names.subsets(pool)
    lefts = _lefts(columns, LEFT + DOT * len(pool) + 8)
    longest = max(wide(names.title(column)) for column in [*columns, *pool])
    top = 0.64 * longest + 44
    tops = _tops(rows, top)
    width = lefts[-1] + CELL + 0.75 * longest
    height = tops[-1] + ROW + LEGEND
    parts = _heads(columns, lefts, pool, top)
    ranges = {column: _range(found, column) for column in columns}
    for row, y in zip(rows, tops, strict=True):
        parts += _members(row, pool, y)
        scores = found["score"][view]["+".join(row)]
        for column, x in zip(columns, lefts, strict=True):
            parts += _cell(names.on(scores, column)["value"], ranges[column], x, y)
    parts += _legend(lefts[0], tops[-1] + ROW + 14)
    known = [found["score"][view]["+".join(row)]["value"] is not None for row in rows]
    heading = f"Scores of the {len(rows)} {view} subsets"
    description = (
        f"{sum(known)} of {len(rows)} {view} subsets have a score on all of {len(columns) - 1} benchmarks. "
        f"{_extremes(found, view)}Every number is in the table below the figure."
    )
    return drawing(f"heat-{view}", width, height, heading, description, *parts)


def _lefts(columns: Sequence[str], start: float) -> list[float]:
    lefts, x = [], start
    for before, column in zip(["", *columns], columns, strict=False):
        other = before and (before == MEAN or names.group(before) != names.group(column))
        x += GAP if other else 0.0
        lefts.append(x)
        x += CELL
    return lefts


def _tops(rows: Sequence[Sequence[str]], start: float) -> list[float]:
    tops, y = [], start
    for before, row in zip([rows[0], *rows], rows, strict=False):
        y += GAP if len(before) != len(row) else 0.0
        tops.append(y)
        y += ROW
    return tops


def _heads(columns: Sequence[str], lefts: Sequence[float], pool: Sequence[str], top: float) -> list[str]:
    parts = [text(LEFT + DOT * (at + 0.4), top - 8, name, turn=TURN) for at, name in enumerate(pool)]
    for column, x in zip(columns, lefts, strict=True):
        class_ = "strong" if column == MEAN else ""
        parts.append(text(x + CELL / 2 - 4, top - 8, names.title(column), class_=class_, turn=TURN))
    return parts


def _members(row: Sequence[str], pool: Sequence[str], y: float) -> list[str]:
    middle, places = y + ROW / 2, [at for at, name in enumerate(pool) if name in row]
    xs = [LEFT + DOT * (at + 0.5) for at in range(len(pool))]
    drawn = [box(x - 5, middle - 5, 10, 10, "held" if at in places else "absent", 5) for at, x in enumerate(xs)]
    return [line(xs[places[0]], middle, xs[places[-1]], middle, "bond"), *drawn]


def _cell(value: float | None, ends: tuple[float, float], x: float, y: float) -> list[str]:
    if value is None:
        return [box(x, y, CELL - 2, ROW - 2, "missing", 2)]
    low, high = ends
    share = (value - low) / (high - low) if high > low else 0.5
    shade = min(SHADES - 1, int(share * SHADES))
    inside = text(x + (CELL - 2) / 2, y + ROW / 2 + 3, short(value, 1), "middle", f"small on{shade}")
    return [box(x, y, CELL - 2, ROW - 2, f"h{shade}", 2), inside]


def _legend(x: float, y: float) -> list[str]:
    """Show what the colours mean: each column's own scores, low to high."""
    words = "lowest of its column, points"
    start = x + wide(words, SMALL) + 8
    swatches = [box(start + SWATCH * shade, y, SWATCH - 2, 12, f"key h{shade}", 2) for shade in range(SHADES)]
    end = text(start + SWATCH * SHADES + 6, y + 10, "highest", class_="faint small")
    return [text(x, y + 10, words, class_="faint small"), *swatches, end]


def _range(found: Plain, column: str) -> tuple[float, float]:
    values = [
        value
        for view in found["score"].values()
        for scores in view.values()
        if (value := names.on(scores, column)["value"]) is not None
    ]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _extremes(found: Plain, view: str) -> str:
    means: dict[str, Any] = {name: it["value"] for name, it in found["score"][view].items() if it["value"] is not None}
    if not means:
        return ""
    best, worst = max(means, key=lambda name: means[name]), min(means, key=lambda name: means[name])
    return f"By the mean, {best} is highest with {means[best]:.1f} points and {worst} lowest with {means[worst]:.1f}. "
