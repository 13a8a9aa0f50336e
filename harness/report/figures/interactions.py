"""Draw the interaction of every pair as a triangle of cells: complements one colour, substitutes another."""

from collections.abc import Mapping, Sequence

from harness.report.figures.drawing import box, drawing, text, wide

CELL_X, CELL_Y = 72.0, 40.0
SHADES = 5


def interactions(name: str, title: str, pool: Sequence[str], values: Mapping[str, float | None]) -> str | None:
    """Draw the pairs `one+other` of a pool; None where no pair has a value."""
    known = [abs(value) for value in values.values() if value is not None]
    if not known:
        return None
    most = max(known) or 1.0
    left, top = max(wide(one) for one in pool) + 18, 12.0
    n = len(pool)
    width, height = left + CELL_X * (n - 1) + 8, top + CELL_Y * (n - 1) + 34
    parts = [text(left - 10, top + CELL_Y * (at - 0.5) + 4, pool[at], "end") for at in range(1, n)]
    parts += [text(left + CELL_X * (at + 0.5), height - 12, pool[at], "middle") for at in range(n - 1)]
    for one in range(n - 1):
        for other in range(one + 1, n):
            value = values[f"{pool[one]}+{pool[other]}"]
            x, y = left + CELL_X * one, top + CELL_Y * (other - 1)
            if value is None:
                parts.append(box(x, y, CELL_X - 3, CELL_Y - 3, "missing", 3))
                continue
            shade = min(SHADES, round(SHADES * abs(value) / most))
            class_ = f"{'plus' if value > 0 else 'minus'}{shade}" if shade else "nought"
            parts.append(box(x, y, CELL_X - 3, CELL_Y - 3, class_, 3))
            parts.append(text(x + CELL_X / 2 - 1, y + CELL_Y / 2 + 3, f"{value:+.1f}", "middle", "onpair"))
    told = "; ".join(f"{pair}: {value:+.2f}" for pair, value in values.items() if value is not None)
    description = (
        f"Points. Above zero two encoders complement each other, below one can stand in for the other. {told}."
    )
    return drawing(name, width, height, title, description, *parts)
