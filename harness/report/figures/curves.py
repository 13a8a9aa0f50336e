"""Draw how a training went: loss, right answers, effective rank and gradients over its steps, a panel each.

The picture stands alone, so it carries its own style: people open it from a folder or among a tracker's artifacts.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from math import floor, log10
from statistics import fmean

from harness.report import escapes
from harness.report.figures.drawing import Scale, apart, drawing, element, line, path, scale, text, wide

Points = Sequence[tuple[int, float]]
Pieces = dict[str, Points]
"""What one line shows of each stage."""
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, GAP, APART = 860.0, 300.0, 64.0, 34.0, 44.0, 15.0, 22.0
COLOURS = ("0067a6", "b4530a", "00735a", "9b3a78", "7d6400", "b93226", "4b5f9e", "5c6068")
DASHES = ("none", "6 3", "2 3")
PANELS = {
    "loss": "Loss",
    "accuracy": "Share of answers that are right",
    "skill": "Skill on pictures that are held out",
    "effective_rank": "Effective rank",
    "gradient_norm": "Norm of the gradients",
}
"""Figures that are drawn, by the first word of their names; what has a kind, an encoder or a part is drawn apart."""
TINY = 1e-6
MOST = 60
"""Points of a line in one stage; where there are more, each is the mean of its neighbours."""


def curves(title: str, told: Mapping[str, Mapping[str, Points]]) -> str:
    """Draw figures of stages, points (step, value), the stages side by side, as wide as each other.

    A figure is called `<what>` or `<what>/<whose>`; those in `PANELS` are drawn.
    """
    lasts = {
        stage: max((step for points in it.values() for step, _ in points), default=0) for stage, it in told.items()
    }
    panels: dict[tuple[str, bool], dict[str, Pieces]] = {}
    for what, split in product(PANELS, (False, True)):
        for stage, it in told.items():
            for figure, points in it.items():
                first, _, whose = figure.partition("/")
                if (first, bool(whose)) == (what, split) and points:
                    panels.setdefault((what, split), {}).setdefault(whose or stage, {})[stage] = _means(points)
    colours = {name: place for place, name in enumerate(sorted({name for lines in panels.values() for name in lines}))}
    right = 24 + max((wide(name, 12) for lines in panels.values() for name in lines), default=0.0)
    wide_px = (WIDTH - right - LEFT) / max(1, len(lasts))
    xs = {
        stage: Scale(
            0, max(last, 1), LEFT + place * wide_px, LEFT + (place + 1) * wide_px - (place + 1 < len(lasts)) * APART
        )
        for place, (stage, last) in enumerate(lasts.items())
    }
    parts = [element("style", _style()), element("rect", class_="ground", width="100%", height="100%")]
    parts.append(text(LEFT, 24, title, class_="title"))
    height = 36.0
    for (what, split), lines in panels.items():
        several = what == "loss" and (what, True) in panels and not split
        name = f"{PANELS[what]}{' by kind' if split and what == 'loss' else ', in all' if several else ''}"
        bottom = height + max(HEIGHT, TOP + BOTTOM + GAP * len(lines))
        parts.append(_panel(name, what, lines, (height, bottom), xs, colours))
        height = bottom
    described = ", ".join(f"{stage} ({last:,} steps)" for stage, last in lasts.items())
    about = f"Figures over the steps of {described}; a line has at most {MOST} points a stage, means of what is known."
    return drawing("curves", WIDTH, height, title, about, *parts) + "\n"


def _means(points: Points) -> Points:
    """Return at most `MOST` points, each the mean of as many (one more or less) that follow each other."""
    pieces = min(MOST, len(points))
    ends = [place * len(points) // pieces for place in range(pieces + 1)]
    cut = [points[start:end] for start, end in pairwise(ends)]
    return [(round(fmean(step for step, _ in one)), fmean(value for _, value in one)) for one in cut]


def _panel(
    name: str,
    what: str,
    lines: Mapping[str, Pieces],
    space: tuple[float, float],
    xs: Mapping[str, Scale],
    colours: Mapping[str, int],
) -> str:
    top, bottom = space
    values = [value for pieces in lines.values() for piece in pieces.values() for _, value in piece]
    far = what in ("loss", "gradient_norm") and max(values) > 20 * max(min(values), TINY)
    end = max(x.end for x in xs.values())
    y = _high(values, far, what, bottom - BOTTOM, top + TOP)
    parts = [text(LEFT, top + 22, f"{name}{', logarithmic' if far else ''}", class_="strong")]
    for tick, written in _powers(y) if far else y.ticks(5):
        parts += [
            line(LEFT, y(tick), end, y(tick), "grid"),
            text(LEFT - 8, y(tick) + 4, written, "end", "faint"),
        ]
    for stage, x in xs.items():
        for tick, written in x.ticks(max(2, 8 // len(xs))):
            parts.append(text(x(tick), bottom - BOTTOM + 18, written, "middle", "faint"))
        parts.append(text((x.start + x.end) / 2, bottom - 10, f"step of {stage}", "middle", "faint"))

    def at(value: float) -> float:
        return y(log10(max(value, TINY)) if far else value)

    names = sorted(lines, key=lambda one: -_last(lines[one]))
    labels = apart([at(_last(lines[one])) for one in names], GAP)
    over = max(0.0, max(labels) - (bottom - BOTTOM)) or min(0.0, min(labels) - (top + TOP))
    for one, label in zip(names, labels, strict=True):
        place = colours[one]
        kind = f"c{place % len(COLOURS)} d{place // len(COLOURS) % len(DASHES)}"
        for stage, piece in lines[one].items():
            parts.append(path([(xs[stage](step), at(value)) for step, value in piece], f"curve {kind}"))
        parts.append(text(end + 8, label - over + 4, one, class_=f"c{place % len(COLOURS)}"))
    return element("g", *parts)


def _last(pieces: Pieces) -> float:
    """Return the value that a line ends with, in the last stage that has it."""
    return list(pieces.values())[-1][-1][1]


def _high(values: Sequence[float], far: bool, what: str, bottom: float, top: float) -> Scale:
    if far:
        return scale([log10(max(value, TINY)) for value in values], bottom, top)
    share = what in ("accuracy", "skill") or not any(values)
    return Scale(0.0, 1.0, bottom, top) if share else scale(values, bottom, top, zero=True)


def _powers(y: Scale) -> list[tuple[float, str]]:
    marks = [(power, step) for power in range(floor(y.low), floor(y.high) + 1) for step in (1, 2, 5)]
    known = [(power + log10(step), f"{step * 10.0**power:g}") for power, step in marks]
    return [(place, written) for place, written in known if y.low <= place <= y.high]


def _style() -> str:
    rules = [
        "text{font:12px system-ui,sans-serif;fill:#14181f}",
        ".title{font-size:16px;font-weight:600}.strong{font-weight:600}",
        ".faint{fill:#5a6270}.ground{fill:#fdfcf9}.grid{stroke:#e6e2d8}",
        ".curve{fill:none;stroke-width:1.5}",
        *(f"path.c{place}{{stroke:#{it}}}text.c{place}{{fill:#{it}}}" for place, it in enumerate(COLOURS)),
        *(f".d{place}{{stroke-dasharray:{it}}}" for place, it in enumerate(DASHES)),
    ]
    return escapes.html("".join(rules))
