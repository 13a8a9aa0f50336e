"""Do what `harness analyse` asks: the measures of a table, or of the reference, as tables or as JSON."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from harness.cli.measured import Asked, Plain, measured
from harness.cli.screen import answer, columns

BY_ENCODER = (
    ("Capacity", "capacity"),
    ("Necessity", "necessity"),
    ("relative Necessity", "relative_necessity"),
    ("Conditional Utilization Rate", "conditional_utilization_rate"),
    ("above the floor", "floor_corrected_utilization_rate"),
    ("Shapley value", "shapley_value"),
    ("masked Shapley value", "masked_shapley_value"),
)
SHARES = ("relative_necessity", "conditional_utilization_rate", "floor_corrected_utilization_rate", "information_gap")


def analyse(asked: Asked, as_json: bool) -> int:
    """Print the measures; what cannot be had is part of the answer and no failure.

    Raises:
        InvalidEvidence, UsageError: as `measured`.
    """
    found = measured(asked)
    answer(found, Group(*_drawn(found, str(asked.table or "the reference"))), as_json)
    return 0


def _drawn(found: Plain, title: str) -> list[Table | str]:
    drawn: list[Table | str] = [_facts(found, title), _roles(found), _gaps(found)]
    if shown := _rows(found["gain_of_further_encoder"], ("best", "mean")):
        drawn.append(columns("Gain of each further encoder, points", ("encoders", ">best", ">mean"), shown))
    drawn += [_statements(found)]
    if any(it["value"] is not None for it in found["ranking_agreement"].values()):
        drawn.append(_orders(found))
    if len(found["masking_operator"]) > 1:
        drawn.append(_operators(found))
    if found["pair_finder"]:
        rows = [
            (name, it["pair"] or "", _told(it["kendall_tau"]), _told(it)) for name, it in found["pair_finder"].items()
        ]
        names = ("finder", "its first pair", ">tau with the true order", ">regret, points")
        drawn.append(columns("Pairs predicted without training pairs", names, rows))
    if shown := [
        (name, *(f"{_told(it)} {it['word'] or ''}".strip() for it in changes.values()))
        for name, changes in found["rank_change"].items()
    ]:
        names = ("encoder", ">solo / before", ">joint / solo", ">joint / before")
        drawn.append(columns(f"Does the effective rank survive? {found['rank_variant']}", names, shown))
    if found["residual"]:
        drawn.append(f"Rank and residual score: {found['residual']['says']}.")
    told = [(one["statement"], one["source"], one["verdict"], one["because"]) for one in found["statements"]]
    names = ("statement", "of", "here", "because")
    drawn.append(columns("What the papers state, asked of this table", names, told))
    if found["unavailable"]:
        drawn.append(columns("Not to be had", ("measure", "why"), list(found["unavailable"].items())))
    return drawn


def _facts(found: Plain, title: str) -> Table:
    counts = ", ".join(f"{found['subsets'][view]} {view}" for view in found["subsets"])
    rows = [
        ("encoders", ", ".join(found["pool"])),
        ("benchmarks", f"{len(found['benchmarks'])}: {', '.join(found['benchmarks'])}"),
        ("seeds", ", ".join(found["seeds"])),
        ("subsets", f"{counts}, of {found['of_subsets']} each"),
        ("empty subset", f"retrained: {found['empty_subset']['retrained']}; masked: {found['empty_subset']['masked']}"),
        ("intervals", f"95 %, {found['replicates']:,} draws; {found['intervals']}"),
        *(("problem", problem) for problem in found["problems"]),
    ]
    return columns(title, ("", ""), rows)


def _roles(found: Plain) -> Table:
    known = [(title, key) for title, key in BY_ENCODER if any(it["value"] is not None for it in found[key].values())]
    rows = [(encoder, *(_told(found[key][encoder], key in SHARES) for _, key in known)) for encoder in found["pool"]]
    caption = "On the mean of all benchmarks; points, rates in per cent. --json has each category and benchmark."
    return columns("Roles", ("encoder", *(f">{title}" for title, _ in known)), rows, caption)


def _gaps(found: Plain) -> Table | str:
    gap = found["information_gap"]
    if gap["value"] is None:
        return ""
    inner = {name: it for name, it in gap.items() if isinstance(it, dict) and name not in found["benchmarks"]}
    wanted = {"mean": gap, **inner}
    rows = [
        (name, _told(it, True), _percent(it["null_mean"]), _percent(it["null_95"]), _percent(it["debiased"]))
        for name, it in wanted.items()
    ]
    names = ("on", ">Information Gap", ">noise alone: mean", ">95 % point", ">debiased")
    return columns("Information Gap, per cent", names, rows)


def _rows(found: Plain, keys: Sequence[str]) -> list[tuple[str, ...]]:
    rows = [(name, *(_told(it[key]) for key in keys)) for name, it in found.items()]
    return [row for row in rows if any(row[1:])]


def _statements(found: Plain) -> Table:
    rows = []
    for title, key in (
        ("best pair, less the full set", "best_pair_against_full"),
        ("pair of the two highest Capacities, less the best pair", "two_highest_capacities"),
    ):
        if it := found[key]:
            luck = _said(it["optimism"], lambda optimism: f"{optimism:+.2f}")
            rows.append((title, it["pair"], _told(it), _share(it["chosen_share"]), luck))
    for name, it in found["best_encoder"].items():
        if it and name not in found["benchmarks"]:
            rows.append((f"best encoder on {name}", it["encoder"], _told(it), _share(it["chosen_share"]), ""))
    routing = found["oracle_routing"]
    if routing["score"]["value"] is not None:
        luck = _said(routing["optimism"], lambda it: f"{it:+.2f}")
        rows.append(("best encoder for each benchmark, an upper bound", "", _told(routing["score"]), "", luck))
        rows.append(("its gain over the best encoder", "", _told(routing["gain"]), "", ""))
    names = ("what", "which", ">points", ">chosen in", ">owed to luck")
    return columns("Choices", names, rows)


def _orders(found: Plain) -> Table:
    titles = {
        "alone": "encoders alone: retrained, masked",
        "leave_one_out": "encoders left out: Necessity, utilization",
        "subsets": "all subsets: retrained, masked",
        "capacity_and_necessity": "encoders: Capacity, Necessity",
        "readouts": "all subsets: read out untrained, retrained",
    }
    rows = [
        (titles[name], _told(it), _said(it["same_first"], lambda same: "yes" if same else "no"),
         _share(it["same_first_share"]))
        for name, it in found["ranking_agreement"].items()
        if it["value"] is not None
    ]  # fmt: skip
    return columns("Do two orders agree?", ("orders", ">Kendall tau", "same first", ">in"), rows)


def _operators(found: Plain) -> Table:
    rows = [
        (mask, *(_told(it["conditional_utilization_rate"][name], True) for name in found["pool"]),
         _told(it["all_masked"]), _told(it["agreement"]))
        for mask, it in found["masking_operator"].items()
    ]  # fmt: skip
    heads = ("masked by", *(f">{name}" for name in found["pool"]), ">all masked", f">tau with {found['masking']}")
    caption = "Conditional Utilization Rate on the mean, per cent; all masked: the floor, points."
    return columns("Do other masks say the same?", heads, rows, caption)


def _told(it: Plain, percent: bool = False) -> str:
    if it["value"] is None:
        return ""
    factor = 100 if percent else 1
    value = f"{factor * it['value']:.2f}"
    return value if it["low"] is None else f"{value} [{factor * it['low']:.2f}, {factor * it['high']:.2f}]"


def _percent(value: float | None) -> str:
    return _said(value, lambda it: f"{100 * it:.2f}")


def _share(value: float | None) -> str:
    return _said(value, lambda it: f"{it:.0%}")


def _said(value: Any, words: Callable[[Any], str]) -> str:
    return "" if value is None else words(value)
