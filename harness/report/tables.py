"""Lay the measures out as tables, from the plain values of `harness.analyse.summary`; one without rows is none.

Amounts are points of 100, rates per cent, with 95 per cent intervals in brackets.
"""

from collections.abc import Iterable, Sequence

from harness.report import names
from harness.report.names import MEAN, Plain
from harness.report.table import Amount, Cell, Table, amount

ROLES = (
    ("Capacity", "capacity", False),
    ("Necessity", "necessity", False),
    ("Necessity, %", "relative_necessity", True),
    ("CUR, %", "conditional_utilization_rate", True),
    ("CUR above floor, %", "floor_corrected_utilization_rate", True),
    ("Shapley", "shapley_value", False),
    ("Shapley, masked", "masked_shapley_value", False),
)
ORDERS = {
    "alone": "encoders alone: retrained against masked",
    "leave_one_out": "encoders left out: Necessity against CUR",
    "subsets": "all subsets: retrained against masked",
    "capacity_and_necessity": "encoders: Capacity against Necessity",
    "readouts": "all subsets: read out before training against retrained",
}
FINDERS = {
    "better_of_two": "better of the two singles on each benchmark",
    "two_best_singles": "the two best singles",
    "readout": "what the pair reads out before training",
    "all_together": "all of these together, by mean place",
    "random": "a pair at random",
}


def made(*tables: Table | None) -> list[Table]:
    """Return the tables that there are."""
    return [table for table in tables if table and table.rows]


def scores(found: Plain, view: str) -> Table:
    """Give every subset of a view that has a score a row, and every benchmark a column."""
    columns = [MEAN, *names.categories(found), *names.in_suite_order(found["benchmarks"])]
    rows = [
        (name, *(amount(names.on(it, column)) for column in columns))
        for name, it in found["score"][view].items()
        if any(names.on(it, column)["value"] is not None for column in columns)
    ]
    without = (
        [("blind", "best constant answers")]
        if view == "retrained"
        else [("all_masked", f"none: every encoder masked by {found['masking']}")]
    )
    shown_nothing = (
        [("without_picture", "full model asked without the picture")] if found["baseline"]["without_picture"] else []
    )
    rows += [
        (title, *(amount(names.on(found["baseline"][key], column)) for column in columns))
        for key, title in (*without, *shown_nothing, ("chance", "guessing"))
        if any(names.on(found["baseline"][key], column)["value"] is not None for column in columns)
    ]
    kept = "trained" if view == "retrained" else "kept of the full set"
    heads = (kept, *(f">{names.title(column)}" for column in columns))
    note = "Points of 100; the intervals of every number are in the CSV."
    return Table(f"scores-{view}", f"Scores, {view}", heads, tuple(rows), note, compact=True)


def roles(found: Plain) -> Table:
    """Give every encoder its roles on the mean of all benchmarks."""
    known = [one for one in ROLES if any(it["value"] is not None for it in found[one[1]].values())]
    rows = [(encoder, *(amount(found[key][encoder], rate) for _, key, rate in known)) for encoder in found["pool"]]
    heads = ("encoder", *(f">{title}" for title, _, _ in known))
    return Table("roles", "Roles of the encoders, mean of all benchmarks", heads, tuple(rows) if known else ())


def by_column(found: Plain, key: str, name: str, title: str, columns: Sequence[str], rate: bool = False) -> Table:
    """Give every encoder a row of one measure on several columns."""
    rows = [
        (encoder, *(amount(names.on(found[key][encoder], column), rate) for column in columns))
        for encoder in found["pool"]
    ]
    heads = ("encoder", *(f">{names.title(column)}" for column in columns))
    there = any(isinstance(cell, Amount) for row in rows for cell in row)
    return Table(name, title, heads, tuple(rows) if there else (), compact=len(columns) > 6)


def utilization(found: Plain) -> list[Table]:
    """Give the Conditional Utilization Rate by category and by benchmark."""
    first = found["conditional_utilization_rate"][found["pool"][0]]
    average = ["category_average"] if "category_average" in first else []
    categories, benchmarks = names.categories(found), names.in_suite_order(found["benchmarks"])
    key, title = "conditional_utilization_rate", "Conditional Utilization Rate, per cent"
    return made(
        by_column(found, key, "utilization", title, [MEAN, *average, *categories], rate=True),
        by_column(found, key, "utilization-benchmarks", f"{title}, by benchmark", benchmarks, rate=True),
    )


def gaps(found: Plain) -> Table:
    """Give the Information Gap wherever it can be had, with what noise alone would show."""
    gap = found["information_gap"]
    columns = [MEAN, "category_average", *names.categories(found), *names.in_suite_order(found["benchmarks"])]
    rows = []
    for column in columns:
        it = gap if column == MEAN else gap.get(column)
        if it is None or it["value"] is None:
            continue
        noise = [share(it[key]) for key in ("null_mean", "null_95", "debiased")]
        rows.append((names.title(column), amount(it, percent=True), *noise, p(it["p_value"])))
    heads = ("on", ">Information Gap, %", ">noise alone: mean", ">noise alone: 95 % point", ">debiased", ">p")
    return Table("information-gap", "Information Gap, per cent", heads, tuple(rows))


def interactions(found: Plain) -> Table:
    """Give the interactions of every pair, in points."""
    rows = [
        (pair, amount(found["shapley_interaction"][pair], signed=True), amount(removal, signed=True))
        for pair, removal in found["removal_interaction"].items()
    ]
    there = [row for row in rows if row[1] or row[2]]
    heads = ("pair", ">Shapley interaction", ">removal interaction")
    return Table("interactions", "Interactions of pairs, points", heads, tuple(there))


def growth(found: Plain) -> Table:
    """Give what each further encoder gains, and the best subset of each size."""
    by_size: dict[str, dict[str, Plain]] = {}
    for name, it in found["score"]["retrained"].items():
        if it["value"] is not None:
            by_size.setdefault(str(name.count("+") + 1), {})[name] = it
    rows: list[tuple[Cell, ...]] = []
    for size, known in by_size.items():
        best = max(known, key=lambda name: known[name]["value"])
        gain = found["gain_of_further_encoder"].get(size, {"best": None, "mean": None})
        gains = (amount(gain["best"], signed=True), amount(gain["mean"], signed=True))
        rows.append((size, best, amount(known[best]), *gains))
    heads = ("encoders", "best of the known", ">its score", ">gain of the best", ">gain of the mean")
    return Table("growth", "What each further encoder gains, points", heads, tuple(rows))


def choices(found: Plain) -> Table:
    """Give the choices that the papers speak of, with what their winners owe to luck."""
    rows: list[tuple[Cell, ...]] = []
    for title, key in (
        ("best pair, less the full set", "best_pair_against_full"),
        ("pair of the two highest Capacities, less the best pair", "two_highest_capacities"),
        ("best masked view, less the full set", "best_masked_view"),
    ):
        if it := found.get(key):
            which = it.get("pair") or it["subset"]
            luck = "" if it["optimism"] is None else Amount(it["optimism"], signed=True)
            rows.append((title, which, amount(it, signed=True), percent(it["chosen_share"]), luck))
    routing = found["oracle_routing"]
    if routing["score"]["value"] is not None:
        luck = "" if routing["optimism"] is None else Amount(routing["optimism"], signed=True)
        rows.append(("best single encoder for each benchmark, an upper bound", "", amount(routing["score"]), "", luck))
        rows.append(("its gain over the best single encoder", "", amount(routing["gain"], signed=True), "", ""))
    heads = ("what", "which", ">points", ">chosen in", ">of it owed to luck")
    note = "Chosen in: the share of draws with the same winner. Owed to luck: how much too high the largest is."
    return Table("choices", "Choices", heads, tuple(rows), note)


def best_encoders(found: Plain) -> Table:
    """Give the best single encoder of every column."""
    columns = [MEAN, *names.categories(found), *names.in_suite_order(found["benchmarks"])]
    rows = [
        (names.title(column), it["encoder"], amount(it), percent(it["chosen_share"]))
        for column in columns
        if (it := found["best_encoder"][column])
    ]
    heads = ("on", "best encoder", ">its Capacity", ">chosen in")
    return Table("best-encoders", "Best single encoder", heads, tuple(rows))


def orders(found: Plain) -> Table:
    """Give how well two orders agree."""
    rows = [
        (ORDERS[name], amount(it), "yes" if it["same_first"] else "no", percent(it["same_first_share"]))
        for name, it in found["ranking_agreement"].items()
        if it["value"] is not None
    ]
    heads = ("orders", ">Kendall tau", "same first", ">same first in")
    return Table("orders", "Do two orders agree?", heads, tuple(rows))


def wins(found: Plain) -> list[Table]:
    """Give for each measure how often one encoder lies above another."""
    titles = {key: title.removesuffix(", %") for title, key, _ in ROLES}
    tables = []
    for key, square in found["win_probability"].items():
        rows = [
            (one, *("" if one == other else percent(square[one][other]) for other in found["pool"]))
            for one in found["pool"]
        ]
        known = any(any(row[1:]) for row in rows)
        heads = ("above", *(f">{other}" for other in found["pool"]))
        title = f"Share of draws in which the row's encoder lies above the column's: {titles[key]}"
        tables.append(Table(f"wins-{key.replace('_', '-')}", title, heads, tuple(rows) if known else ()))
    return made(*tables)


def finders(found: Plain) -> Table:
    """Give how well pairs are found without training pairs."""
    rows = [
        (FINDERS.get(name, f"sum of the pair's {name}"), it["pair"] or "", amount(it["kendall_tau"]), amount(it))
        for name, it in found["pair_finder"].items()
    ]
    heads = ("finder", "its first pair", ">tau with the true order", ">regret, points")
    return Table("pair-finder", "Pairs predicted from singles, ranks and probes", heads, tuple(rows))


def statements(found: Plain) -> Table:
    """Give what the papers state, and what this table says of it."""
    rows = tuple((it["statement"], it["source"], it["verdict"], it["because"]) for it in found["statements"])
    return Table(
        "statements", "The papers' statements, asked of this table", ("statement", "of", "here", "because"), rows
    )


def unavailable(found: Plain) -> Table:
    """Give which measures cannot be had, and why."""
    rows: Iterable[tuple[str, str]] = ((key.replace("_", " "), why) for key, why in found["unavailable"].items())
    return Table("unavailable", "Not to be had from this table", ("measure", "why"), tuple(rows))


def percent(share: float | None) -> str:
    """Write a share in whole per cent."""
    return "" if share is None else f"{share:.0%}"


def share(value: float | None) -> Cell:
    """Write a share in per cent."""
    return "" if value is None else Amount(value, factor=100.0)


def p(value: float | None) -> str:
    """Write a p-value with two digits."""
    return "" if value is None else f"{value:.2g}"
