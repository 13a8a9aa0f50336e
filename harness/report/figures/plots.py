"""Choose what each figure of the page shows from the measures' plain values; None, or nothing, where there is none."""

from harness.report import names
from harness.report.figures import growth as by_size
from harness.report.figures.interactions import interactions
from harness.report.figures.ranges import Row, common, ranges
from harness.report.figures.slopes import slopes
from harness.report.figures.stations import stations
from harness.report.masking_tables import operator
from harness.report.names import MEAN, Plain
from harness.report.table import Amount
from harness.report.tables import FINDERS

PANEL = 340.0


def utilization(found: Plain) -> list[str]:
    """Draw a panel of rates for the mean and each category, on one scale."""
    rates = found["conditional_utilization_rate"]
    panels = {
        column: [
            _row(name, it, place, 100.0)
            for place, name in enumerate(found["pool"])
            if (it := names.on(rates[name], column))["value"] is not None
        ]
        for column in (MEAN, *names.categories(found))
    }
    known = {column: rows for column, rows in panels.items() if rows}
    if not known:
        return []
    shared = common(list(known.values()))
    drawn = []
    for place, (column, rows) in enumerate(known.items()):
        title = f"Utilization rate, {names.title(column)}"
        drawn.append(_panel(names.title(column), ranges(f"rate-{place}", title, "per cent", rows, PANEL, shared)))
    return drawn


def operators(found: Plain) -> list[str]:
    """Draw a panel of rates for each operator that masks, on one scale; none where there is one alone."""
    panels = {
        mask: [
            _row(name, rate, place, 100.0)
            for place, name in enumerate(found["pool"])
            if (rate := it["conditional_utilization_rate"][name])["value"] is not None
        ]
        for mask, it in found["masking_operator"].items()
    }
    known = {mask: rows for mask, rows in panels.items() if rows}
    if len(known) < 2:
        return []
    shared = common(list(known.values()))
    drawn = []
    for place, (mask, rows) in enumerate(known.items()):
        title = f"Masked by {operator(mask)}"
        svg = ranges(f"operator-{place}", f"Utilization rate, {title.lower()}", "per cent", rows, PANEL, shared)
        drawn.append(_panel(title, svg))
    return drawn


def attention(found: Plain) -> str | None:
    """Draw how far each view moves the look at the picture."""
    it = found["attention_divergence"]
    several = it is not None and len(it["views"]) > 1
    rows = [
        _row(
            f"{kept}, {operator(mask)}" if several else kept,
            look,
            found["pool"].index(kept) if kept in found["pool"] else -1,
        )
        for mask, views in (it["views"] if it else {}).items()
        for kept, look in views.items()
    ]
    title = "How far masking moves the look at the picture"
    return ranges("attention", title, "KL, nats", rows, 640.0)


def gaps(found: Plain) -> str | None:
    """Draw the Information Gap of every column with the band of noise."""
    gap, rows = found["information_gap"], []
    for column in (MEAN, "category_average", *names.categories(found), *names.in_suite_order(found["benchmarks"])):
        it = gap if column == MEAN else gap.get(column)
        if it and it["value"] is not None:
            band = None if it["null_95"] is None else 100.0 * it["null_95"]
            row = _row(names.title(column), it, -1, 100.0)
            rows.append(Row(row.label, row.value, row.low, row.high, -1, band))
    return ranges("gap", "Information Gap and what noise alone shows", "per cent", rows, 620.0)


def orders(found: Plain) -> list[str]:
    """Draw how the order of encoders changes from retraining to masking: alone, and left out."""
    pool, masked = found["pool"], found["score"]["masked"]
    alone = {name: (found["capacity"][name], masked[name]) for name in pool}
    left = {name: (found["relative_necessity"][name], found["conditional_utilization_rate"][name]) for name in pool}
    drawn = []
    for slug, title, pairs, factor in (
        ("alone", "Alone: score, points", alone, 1.0),
        ("left-out", "Left out: share of the full score that is lost, per cent", left, 100.0),
    ):
        known = {
            name: tuple(Amount(it["value"], it["low"], it["high"], factor, 1) for it in both)
            for name, both in pairs.items()
            if all(it["value"] is not None for it in both)
        }
        if svg := slopes(f"order-{slug}", title, ("retrained", "masked"), pool, known):  # type: ignore[arg-type]
            drawn.append(_panel(title, svg))
    return drawn


def capacity(found: Plain) -> str | None:
    """Draw the Capacity of the encoders alone, for a table that has no Necessity."""
    rows = [
        _row(name, found["capacity"][name], place)
        for place, name in enumerate(found["pool"])
        if found["capacity"][name]["value"] is not None
    ]
    return ranges("capacity", "Capacity of each encoder", "points", rows, 620.0)


def growth(found: Plain) -> str | None:
    """Draw the score by the number of encoders."""
    return by_size.growth(found)


def shapley(found: Plain) -> list[str]:
    """Draw the values of both views and the interactions."""
    drawn = []
    for key, title in (
        ("shapley_value", "Shapley value, retrained"),
        ("masked_shapley_value", "Shapley value, masked"),
    ):
        rows = [
            _row(name, found[key][name], place)
            for place, name in enumerate(found["pool"])
            if found[key][name]["value"] is not None
        ]
        if svg := ranges(key.replace("_", "-"), title, "points", rows, PANEL):
            drawn.append(_panel(title, svg))
    values = {pair: it["value"] for pair, it in found["shapley_interaction"].items()}
    if svg := interactions("interactions", "Shapley interactions, retrained", found["pool"], values):
        drawn.append(_panel("Shapley interactions, retrained", svg))
    return drawn


def ranks(found: Plain) -> str | None:
    """Draw every encoder's effective rank before training, after training alone and after joint training."""
    return stations(found)


def regret(found: Plain) -> str | None:
    """Draw the regret of every finder."""
    rows = [
        _row(FINDERS.get(name, f"sum of {name}"), it, -1)
        for name, it in found["pair_finder"].items()
        if it["value"] is not None
    ]
    return ranges("regret", "Regret of the pair finders", "points", rows, 640.0)


def _row(label: str, it: Plain, place: int, factor: float = 1.0) -> Row:
    low, high = (None if it[end] is None else factor * it[end] for end in ("low", "high"))
    return Row(label, factor * it["value"], low, high, place)


def _panel(title: str, svg: str | None) -> str:
    return f"<figure><h3>{names.shown(title)}</h3>{svg}</figure>" if svg else ""
