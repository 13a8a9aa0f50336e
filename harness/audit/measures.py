"""Reckon Capacity, Necessity, Conditional Utilization Rate and Information Gap again where a table prints enough.

The formulas and their sources are those of `harness.score.measures`, by interval arithmetic on what the printed digits
allow. A printed measure that has no point in common with its interval, neither in points nor in percent nor as a share,
is inconsistent.
"""

from collections.abc import Sequence
from fractions import Fraction

from harness.audit.finding import Finding, places
from harness.audit.interval import Interval, mean, spoken, spoken_interval
from harness.audit.subset_rows import Lattice, lattices
from harness.audit.table import Meaning, Table
from harness.score import measures

MOST_NAMED = 12
PERCENT = 100


def check(table: Table) -> list[Finding]:
    """Reckon the measures of a table again, and hold printed ones against them."""
    found = _gap_rows(table)
    for lattice in lattices(table):
        found += _printed(table, lattice)
        for columns, words in _scores(table):
            found += _reckoned(table, lattice, columns, words)
    return found


def _scores(table: Table) -> list[tuple[list[int], str]]:
    """Choose what the measures are reckoned on: a printed overall average, or the mean of what is printed."""
    averages = [
        column
        for column in table.columns("average")
        if table.fields[column].meaning.covers in ("sixteen", "unstated")
    ]  # fmt: skip
    if averages:
        return [([averages[0]], f"'{table.fields[averages[0]].label}'")]
    scores = [column for column, field in enumerate(table.fields) if field.is_score]
    if not scores:
        return []
    return [
        (scores, f"the mean of the {len(scores)} printed columns" if len(scores) > 1 else table.fields[scores[0]].label)
    ]


def score(table: Table, row: int | None, columns: Sequence[int]) -> Interval | None:
    """Return what a row's score stands for on 0-100, or None where a cell is missing."""
    if row is None:
        return None
    members = [table.on_suite(row, column) for column in columns]
    kept = [member for member in members if member is not None]
    return mean(kept) if len(kept) == len(members) else None


def utilization(full: Interval, without: Interval) -> Interval | None:
    """Return the interval of (full - without) / full = 1 - without / full, or None where full may be zero."""
    if full.low <= 0:
        return None
    return measures.utilization(full, without)


def gap(rates: Sequence[Interval]) -> Interval:
    """Return the interval of the largest minus the smallest of several values."""
    highest = Interval(max(it.low for it in rates), max(it.high for it in rates))
    lowest = Interval(min(it.low for it in rates), min(it.high for it in rates))
    between: Interval = measures.information_gap(highest, lowest)
    return Interval(max(Fraction(0), between.low), between.high)


def _reckoned(table: Table, lattice: Lattice, columns: Sequence[int], words: str) -> list[Finding]:
    full = score(table, lattice.rows[lattice.full], columns)
    if full is None:
        return []
    lines: list[str] = []
    rates: list[Interval] = []
    used = {lattice.rows[lattice.full]}
    for encoder in sorted(lattice.full)[:MOST_NAMED]:
        row, alone = lattice.without(encoder), lattice.rows.get(frozenset({encoder}))
        without, capacity = score(table, row, columns), score(table, alone, columns)
        if capacity is not None and alone is not None and not lattice.masked:
            used.add(alone)
            lines.append(f"Capacity({encoder}) in {spoken_interval(capacity, 3)}")
        if without is None or row is None:
            continue
        used.add(row)
        lost = measures.necessity(full, without)
        rate = utilization(full, without)
        if not lattice.masked:
            lines.append(f"Necessity({encoder}) in {spoken_interval(lost, 3)}")
        if rate is not None and lattice.masked is not False:
            rates.append(rate)
            lines.append(f"CUR({encoder}) in {spoken_interval(rate.scaled(PERCENT), 3)} %")
    if not lines:
        return []
    complete = len(rates) == len(lattice.full) and len(rates) > 1
    if complete:
        lines.append(f"Information Gap in {spoken_interval(gap(rates).scaled(PERCENT), 3)} %")
    cells = [(row, column) for row in sorted(used) for column in columns if (row, column) in table.cells]
    return [
        Finding(
            "measures",
            "note",
            places(table, cells[:40]),
            f"on {words}, full set {'+'.join(sorted(lattice.full))} in {spoken_interval(full, 3)}: {'; '.join(lines)}",
            "Reckoned from the printed digits alone; the intervals say only what rounding leaves open, not how far "
            "another run would differ. CUR is meant for masked encoders, Necessity for retrained ones"
            + ("." if lattice.masked is not None else "; the table does not say which its rows are."),
        )
    ]


def _same(one: Meaning, two: Meaning) -> bool:
    return one.name == two.name if two.role != "average" else two.covers == one.covers


def _base(table: Table, column: int) -> list[int]:
    """Find the scores that a printed measure is about: its benchmark, its group, or the only score there is."""
    wanted = table.fields[column].meaning
    scored = [at for at, field in enumerate(table.fields) if field.is_score or field.meaning.role == "average"]
    if wanted.benchmark or wanted.neighbour or wanted.covers != "unstated":
        return [at for at in scored if _same(wanted, table.fields[at].meaning)][:1]
    overall = [at for at in scored if table.fields[at].meaning.covers in ("sixteen",)] or [
        at for at in table.columns("average") if table.fields[at].meaning.covers == "unstated"
    ]
    return overall[:1] or (scored if len(scored) == 1 else [])


def _printed(table: Table, lattice: Lattice) -> list[Finding]:
    """Hold printed measures against the scores of the same table."""
    found: list[Finding] = []
    by_row = {row: names for names, row in lattice.rows.items()}
    for column in table.columns("measure"):
        base, measure = _base(table, column), table.fields[column].meaning.measure
        full = score(table, lattice.rows[lattice.full], base) if base else None
        if full is None:
            continue
        for row, cell in table.numbers(column):
            names = by_row.get(row)
            if names is None or cell.number is None:
                continue
            missing = lattice.full - names
            encoder = next(iter(missing)) if len(missing) == 1 else next(iter(names)) if len(names) == 1 else None
            without = score(table, lattice.without(encoder), base) if encoder else None
            wanted = _value(measure, full, without, score(table, row, base) if len(names) == 1 else None)
            if wanted is None or _agrees(cell.number.nearest, wanted, measure in ("cur", "information_gap")):
                continue
            shown = {"necessity": "S(full) - S(without)", "capacity": "S(alone)"}.get(
                measure or "", "(S(full) - S(without)) / S(full)"
            )
            found.append(
                Finding(
                    "measures",
                    "inconsistent",
                    places(table, [(row, column), *((row, at) for at in base)]),
                    f"{measure} of {encoder}: {shown} with S(full) in "
                    f"{spoken_interval(full)}"
                    + (f", S(without) in {spoken_interval(without)}" if without else "")
                    + f" gives {spoken_interval(wanted)}; printed {spoken(cell.value, 9)}",
                    "The printed measure does not follow from the printed scores by its definition.",
                )
            )
    return found


def _value(measure: str | None, full: Interval, without: Interval | None, alone: Interval | None) -> Interval | None:
    if measure == "capacity":
        return alone
    if without is None:
        return None
    return (
        measures.necessity(full, without)
        if measure == "necessity"
        else utilization(full, without)
        if measure == "cur"
        else None
    )


def _agrees(printed: Interval, wanted: Interval, is_rate: bool) -> bool:
    return printed.meets(wanted) or (is_rate and printed.meets(wanted.scaled(PERCENT)))


def _gap_rows(table: Table) -> list[Finding]:
    """Hold a printed row or column `IG` against the printed rates of the same table."""
    found: list[Finding] = []
    for row, it in enumerate(table.rows):
        if not it.label.lower().replace(" ", "").startswith(("ig", "informationgap", "d_gap", "dgap")):
            continue
        for column in range(len(table.fields)):
            cell = table.number(row, column)
            rates = [other.number.nearest for _, other in table.numbers(column) if other.number]
            if cell is None or cell.number is None or len(rates) < 2 or cell.number.nearest.meets(gap(rates)):
                continue
            found.append(
                Finding(
                    "measures",
                    "inconsistent",
                    places(table, [(row, column), *((at, column) for at, _ in table.numbers(column))]),
                    f"max - min of the {len(rates)} rates above is in {spoken_interval(gap(rates))}; printed "
                    f"{spoken(cell.value, 9)}",
                    "The Information Gap is the largest rate minus the smallest; this one is not.",
                )
            )
    return found
