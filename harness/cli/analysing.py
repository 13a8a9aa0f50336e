"""Do what `harness analyse` asks: the measures of a table, or of the reference, as tables or as JSON."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from benchmarks.suite import find_column
from harness.analyse import rank_table, reading, traits
from harness.analyse.lattice import Cell, Lattice, build
from harness.analyse.masks import Values
from harness.analyse.summary import summarise
from harness.cli import answering
from harness.cli.screen import answer, columns
from harness.config.places import REFERENCE
from harness.errors import UsageError
from harness.record.reference import Reference
from harness.schema.score import Score

FEWEST, MOST = 100, 100_000
Plain = dict[str, Any]

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


def analyse(
    table: Path | None, encoders: Path | None, ranks: Path | None, replicates: int, answers: bool, as_json: bool
) -> int:
    """Print the measures; what cannot be had is part of the answer and no failure.

    Raises:
        InvalidEvidence: a file is not what it should be, or no score in it can be used.
        UsageError: the number of replicates is out of range, the reference holds several recipes, or answers are asked
            for of a table.
    """
    if answers and table:
        raise UsageError("--answers reads the reference's answers; a table of marks (id, mark) brings its own")
    if not FEWEST <= replicates <= MOST:
        raise UsageError(f"--replicates takes {FEWEST:,} to {MOST:,}; came {replicates:,}")
    lattice = of_file(table) if table else of_reference(answers)
    known = traits.read(encoders, lattice.pool) if encoders else None
    found = summarise(lattice, known, replicates, ranks=rank_table.read(ranks, lattice.pool) if ranks else None)
    answer(found, Group(*_drawn(found, str(table or "the reference"))), as_json)
    return 0


def of_file(table: Path) -> Lattice:
    """Lay out anybody's table."""
    found = reading.read(table)
    return build(found.cells, found.remarks)


def of_reference(answers: bool = False) -> Lattice:
    """Lay out the accepted reference; with its answers, questions are drawn together for all models.

    Raises:
        UsageError: it holds several recipes, or none.
        InvalidEvidence: the stored answers do not give the stored scores.
    """
    reference = Reference.load(REFERENCE)
    scores = reference.scores.values()
    recipes = sorted({score.entry.recipe for score in scores})
    if len(recipes) != 1:
        raise UsageError(
            f"a lattice is of one recipe; the reference holds {', '.join(recipes) or 'none'}. Give harness analyse a "
            "table of one recipe's rows"
        )
    zeros = [score for score in scores if score.entry.mask is None]
    others = len(scores) - len(zeros)
    remark = f"{others:,} views that are not masked by zeros (mean, noise, blind) play no part"
    known = answering.parts(reference, zeros) if answers else {}
    return build([_cell(score, known.get(score.entry.slug)) for score in zeros], [remark] if others else [])


def _cell(score: Score, parts: Values | None) -> Cell:
    """Bring a score to 0-100, as the suite prints it."""
    entry, step = score.entry, find_column(score.entry.benchmark).per_suite_point
    value, error, blind, chance = (
        figure / step for figure in (score.value, score.standard_error, score.blind, score.chance)
    )
    names, own = (entry.trained.names, entry.kept.names), None if parts is None else parts / step
    return Cell(*names, entry.benchmark, str(entry.seed), value, error, blind, chance, parts=own)


def _drawn(found: Plain, title: str) -> list[Table | str]:
    drawn: list[Table | str] = [_facts(found, title), _roles(found), _gaps(found)]
    if shown := _rows(found["gain_of_further_encoder"], ("best", "mean")):
        drawn.append(columns("Gain of each further encoder, points", ("encoders", ">best", ">mean"), shown))
    drawn += [_statements(found)]
    if any(it["value"] is not None for it in found["ranking_agreement"].values()):
        drawn.append(_orders(found))
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
    }
    rows = [
        (titles[name], _told(it), _said(it["same_first"], lambda same: "yes" if same else "no"),
         _share(it["same_first_share"]))
        for name, it in found["ranking_agreement"].items()
        if it["value"] is not None
    ]  # fmt: skip
    return columns("Do two orders agree?", ("orders", ">Kendall tau", "same first", ">in"), rows)


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
