"""Draw how an order changes between two ways of taking it: an encoder a line, its place on either side."""

from collections.abc import Mapping, Sequence

from harness.report.figures.drawing import drawing, line, marker, text, wide
from harness.report.table import Amount

ROW = 44.0
TOP, BOTTOM = 46.0, 14.0
SPAN = 130.0


def slopes(
    name: str, title: str, sides: tuple[str, str], pool: Sequence[str], values: Mapping[str, tuple[Amount, Amount]]
) -> str | None:
    """Draw the two orders of the pool; the first place is on top. None for fewer than two encoders."""
    if len(values) < 2:
        return None
    orders = [sorted(values, key=lambda one: -values[one][side].value) for side in (0, 1)]
    reach = max(wide(f"5  {one}  {amount}") for one, both in values.items() for amount in both)
    width = 2 * reach + SPAN + 24
    xs = (reach + 12, reach + 12 + SPAN)
    height = TOP + ROW * len(values) + BOTTOM
    parts = [
        text(xs[0], 20, sides[0], "end", "strong"),
        text(xs[1], 20, sides[1], "start", "strong"),
        *(line(x, TOP - 14, x, height - BOTTOM, "grid") for x in xs),
    ]
    for one, both in values.items():
        place = pool.index(one)
        ys = [TOP + ROW * (order.index(one) + 0.4) for order in orders]
        parts.append(line(xs[0], ys[0], xs[1], ys[1], f"slope e{place % 8}"))
        for side, (x, y, amount) in enumerate(zip(xs, ys, both, strict=True)):
            parts.append(marker(x, y, place))
            anchor, shift = ("end", -14) if side == 0 else ("start", 14)
            rank = orders[side].index(one) + 1
            parts.append(text(x + shift, y - 3, f"{rank}. {one}", anchor, "strong"))
            parts.append(text(x + shift, y + 13, str(amount), anchor, "faint small"))
    told = [f"{side}: {', '.join(order)}" for side, order in zip(sides, orders, strict=True)]
    description = f"The order of the encoders, first to last. {'. '.join(told)}."
    return drawing(name, width, height, title, description, *parts)
