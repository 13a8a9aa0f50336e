"""Draw what more encoders bring: every subset a point over its size, and the line through the best of each size."""

from harness.report.figures.drawing import box, drawing, line, path, scale, short, text
from harness.report.names import Plain

WIDTH, HEIGHT = 620.0, 380.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 30.0, 26.0, 52.0


def growth(found: Plain) -> str | None:
    """Draw the mean score of all retrained subsets that have one by their size; None for fewer than two sizes."""
    by_size: dict[int, dict[str, Plain]] = {}
    for name, it in found["score"]["retrained"].items():
        if it["value"] is not None:
            by_size.setdefault(name.count("+") + 1, {})[name] = it
    if len(by_size) < 2:
        return None
    n = len(found["pool"])
    values = [it["value"] for subsets in by_size.values() for it in subsets.values()]
    best = {size: max(subsets, key=lambda one: subsets[one]["value"]) for size, subsets in sorted(by_size.items())}
    ends = [by_size[size][name][end] for size, name in best.items() for end in ("low", "high")]
    y = scale([*values, *(end for end in ends if end is not None)], HEIGHT - BOTTOM, TOP)
    x = {size: LEFT + 40 + (WIDTH - LEFT - RIGHT - 80) * (size - 1) / max(1, n - 1) for size in range(1, n + 1)}
    parts = []
    for tick, written in y.ticks():
        parts += [line(LEFT, y(tick), WIDTH - RIGHT, y(tick), "grid")]
        parts += [text(LEFT - 8, y(tick) + 4, written, "end", "faint")]
    parts += [text(x[size], HEIGHT - BOTTOM + 20, str(size), "middle", "faint") for size in x]
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "encoders in the subset", "middle"))
    parts.append(text(16, (TOP + HEIGHT - BOTTOM) / 2, "mean score, points", "middle", turn=-90))
    for size, subsets in sorted(by_size.items()):
        mean = sum(it["value"] for it in subsets.values()) / len(subsets)
        parts.append(box(x[size] - 14, y(mean) - 1.25, 28, 2.5, "level"))
        parts += [box(x[size] - 3, y(it["value"]) - 3, 6, 6, "speck", 3) for it in subsets.values()]
    parts.append(path([(x[size], y(by_size[size][name]["value"])) for size, name in best.items()], "trend"))
    for size, name in best.items():
        it = by_size[size][name]
        if it["low"] is not None:
            parts.append(line(x[size], y(it["low"]), x[size], y(it["high"]), "whisker"))
        parts.append(box(x[size] - 4.5, y(it["value"]) - 4.5, 9, 9, "dot", 4.5))
        above = it["value"] if it["high"] is None else it["high"]
        parts.append(text(x[size], y(above) - 8, short(it["value"], 1), "middle", "strong halo"))
    told = "; ".join(f"{size}: {name}, {by_size[size][name]['value']:.1f}" for size, name in best.items())
    description = (
        f"A point a subset; dashes are the mean of a size, the line joins the best of each size. Best of {told}."
    )
    return drawing("growth", WIDTH, HEIGHT, "Score by number of encoders", description, *parts)
