"""Draw the plane of Capacity and Necessity: an encoder a mark, with both intervals."""

from harness.report.figures.drawing import apart, drawing, line, marker, scale, text, wide
from harness.report.names import Plain

WIDTH, HEIGHT = 620.0, 430.0
LEFT, RIGHT, TOP, BOTTOM = 66.0, 24.0, 20.0, 56.0


def plane(found: Plain) -> str | None:
    """Draw the encoders that have both; None where there is none."""
    both = {
        name: (found["capacity"][name], found["necessity"][name])
        for name in found["pool"]
        if found["capacity"][name]["value"] is not None and found["necessity"][name]["value"] is not None
    }
    if not both:
        return None
    x = scale([_ for one, _two in both.values() for _ in _reach(one)], LEFT, WIDTH - RIGHT)
    y = scale([_ for _one, two in both.values() for _ in _reach(two)], HEIGHT - BOTTOM, TOP, zero=True)
    parts = []
    for tick, told in x.ticks():
        parts += [line(x(tick), TOP, x(tick), HEIGHT - BOTTOM, "grid")]
        parts += [text(x(tick), HEIGHT - BOTTOM + 18, told, "middle", "faint")]
    for tick, told in y.ticks():
        parts += [line(LEFT, y(tick), WIDTH - RIGHT, y(tick), "grid")]
        parts += [text(LEFT - 8, y(tick) + 4, told, "end", "faint")]
    parts.append(line(LEFT, y(0.0), WIDTH - RIGHT, y(0.0), "axis"))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "Capacity: alone, points", "middle"))
    parts.append(text(16, (TOP + HEIGHT - BOTTOM) / 2, "Necessity: lost without it, points", "middle", turn=-90))
    names = []
    labels = apart([y(two["value"]) - 9 for _, two in both.values()], 15)
    for (name, (one, two)), label in zip(both.items(), labels, strict=True):
        place, colour = found["pool"].index(name), f"e{found['pool'].index(name) % 8}"
        at = x(one["value"]), y(two["value"])
        if one["low"] is not None:
            parts.append(line(x(one["low"]), at[1], x(one["high"]), at[1], f"reach {colour}"))
        if two["low"] is not None:
            parts.append(line(at[0], y(two["low"]), at[0], y(two["high"]), f"reach {colour}"))
        parts.append(marker(*at, place))
        left = at[0] + 12 + wide(name) > WIDTH - RIGHT
        names.append(text(at[0] + (-12 if left else 12), label, name, "end" if left else "start", "strong halo"))
    told = "; ".join(f"{name}: {one['value']:.1f} alone, {two['value']:+.1f}" for name, (one, two) in both.items())
    description = f"Capacity to the right, Necessity upwards, 95 per cent intervals as lines. {told}."
    return drawing("plane", WIDTH, HEIGHT, "Capacity and Necessity of each encoder", description, *parts, *names)


def _reach(it: Plain) -> list[float]:
    return [one for one in (it["value"], it["low"], it["high"]) if one is not None]
