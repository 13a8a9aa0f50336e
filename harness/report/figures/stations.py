"""Draw an encoder's effective rank on its way: before training, after training alone, after joint training."""

from collections.abc import Mapping

from harness.report.figures.drawing import apart, drawing, line, marker, path, scale, text, wide
from harness.report.names import Plain

WIDTH, HEIGHT = 620.0, 380.0
LEFT, TOP, BOTTOM = 66.0, 24.0, 52.0
STATIONS: Mapping[str, str] = {
    "before": "before training",
    "solo": "after solo training",
    "joint": "after joint training",
}


def stations(found: Plain) -> str | None:
    """Draw the ranks that are known; None where there is none."""
    known = {
        name: [(place, it[key]) for place, key in enumerate(STATIONS) if it[key]["value"] is not None]
        for name, it in found["effective_rank"].items()
    }
    known = {name: ranks for name, ranks in known.items() if ranks}
    if not known:
        return None
    right = max(wide(name) for name in known) + 24
    ends = [end for ranks in known.values() for _, it in ranks for end in (it["value"], it["low"], it["high"])]
    y = scale([end for end in ends if end is not None], HEIGHT - BOTTOM, TOP)
    xs = [LEFT + 60 + (WIDTH - LEFT - right - 80) * place / 2 for place in range(len(STATIONS))]
    parts = []
    for tick, written in y.ticks():
        parts += [line(LEFT, y(tick), WIDTH - right, y(tick), "grid")]
        parts += [text(LEFT - 8, y(tick) + 4, written, "end", "faint")]
    parts += [
        text(x, HEIGHT - BOTTOM + 22, words, "middle", "faint") for x, words in zip(xs, STATIONS.values(), strict=True)
    ]
    parts.append(text(16, (TOP + HEIGHT - BOTTOM) / 2, "effective rank", "middle", turn=-90))
    labels = apart([y(ranks[-1][1]["value"]) + 4 for ranks in known.values()], 16)
    for (name, ranks), label in zip(known.items(), labels, strict=True):
        place = found["pool"].index(name)
        parts.append(path([(xs[at], y(it["value"])) for at, it in ranks], f"way w{place % 8}"))
        for at, it in ranks:
            if it["low"] is not None:
                parts.append(line(xs[at], y(it["low"]), xs[at], y(it["high"]), f"reach e{place % 8}"))
            parts.append(marker(xs[at], y(it["value"]), place))
        parts.append(text(xs[ranks[-1][0]] + 14, label, name, "start", "strong halo"))
    told = "; ".join(
        f"{name}: " + ", ".join(f"{it['value']:.2f} {list(STATIONS.values())[at]}" for at, it in ranks)
        for name, ranks in known.items()
    )
    description = f"Effective rank, {found['rank_variant']}. {told}."
    return drawing("ranks", WIDTH, HEIGHT, "Effective rank before and after training", description, *parts)
