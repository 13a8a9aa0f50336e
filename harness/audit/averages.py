"""Ask whether a printed average follows from the printed cells, by interval arithmetic.

A member printed x stands for [x - u/2, x + u/2]; the mean of the members stands for the mean of these intervals; the
printed average stands for its own. Only if the two have no point in common can the average not follow from the cells.
If they meet once members or average are taken as cut off instead of rounded, the average is unexplained, not wrong.

The column as a whole says which rule it follows: a rule that all rows keep is accepted, one that most rows keep is held
against the rest. Where no rule fits, the rule that the label promises is held against the rows; a bare `Avg` promises
one only over the whole suite.
"""

from typing import Literal

from benchmarks.suite import GROUPS
from harness.audit.finding import Finding, places
from harness.audit.interval import spoken, spoken_interval
from harness.audit.rules import Rule, rules_for
from harness.audit.subsets import fitting_subsets
from harness.audit.table import Table

MOST_AVERAGES = 12
MOST_ROWS = 1000

Answer = Literal["keeps", "cut", "breaks", "missing"]


def check(table: Table) -> list[Finding]:
    """Test every average column of a table."""
    found: list[Finding] = []
    unchecked: list[int] = []
    averages = table.columns("average")
    for column in averages[:MOST_AVERAGES]:
        rows = [row for row, cell in table.numbers(column) if not cell.spread][:MOST_ROWS]
        if not rows:
            continue
        if any(answer(table, row, column, rule) != "missing" for rule in rules_for(table, column) for row in rows):
            found += _column(table, column, rows)
        else:
            unchecked.append(column)
    beyond = [column for column in averages[MOST_AVERAGES:] if any(True for _ in table.numbers(column))]
    return [
        *found,
        *_unchecked(table, unchecked, "no row prints all members of"),
        *_unchecked(table, beyond, f"only the first {MOST_AVERAGES} averages of a table are checked, not"),
    ]


def answer(table: Table, row: int, average: int, rule: Rule) -> Answer:
    """Say whether a row's printed average follows from its cells under a rule."""
    cell = table.number(row, average)
    rounded, cut = rule.reckon(table, row), rule.reckon(table, row, cut=True)
    if cell is None or cell.number is None or rounded is None or cut is None:
        return "missing"
    point = table.fields[average].point
    nearest, lower = cell.number.nearest.scaled(point), cell.number.cut.scaled(point)
    if nearest.meets(rounded):
        return "keeps"
    # The upper end of a number that was cut off does not belong to it, so touching is not enough here.
    return "cut" if nearest.overlaps(cut) or lower.overlaps(rounded) or lower.overlaps(cut) else "breaks"


def _column(table: Table, average: int, rows: list[int]) -> list[Finding]:
    rules = rules_for(table, average)
    answers = [{row: answer(table, row, average, rule) for row in rows} for rule in rules]
    told = [[it for it in given.values() if it != "missing"] for given in answers]
    kept = [sum(it == "keeps" for it in given) for given in told]
    # A rule that can be tested on few rows only must not win by them.
    most = max(len(given) for given in told)
    best = max(range(len(rules)), key=lambda at: (kept[at] if 2 * len(told[at]) >= most else -1, -at))
    rule, given = rules[best], answers[best]
    promised = next((at for at, it in enumerate(rules) if it.promised and told[at]), None)
    # One row keeps some rule by chance; only several rows show that the column follows one nobody promised.
    shown = kept[best] >= 2 and 3 * kept[best] >= 2 * len(told[best])
    alone = kept[best] == len(told[best]) == 1
    if not (shown or alone):
        if promised is None:
            return [_no_rule(table, average, rows, rules)]
        rule, given = rules[promised], answers[promised]
        best = promised
    found = [_row(table, row, average, rule, it) for row, it in given.items() if it in ("cut", "breaks")]
    # Cells and averages that are all cut off alike keep one rule of their own.
    if len(found) > 1 and all(it == "cut" for it in given.values() if it not in ("missing", "keeps")):
        found = [_all_cut(table, average, rule, [row for row, it in given.items() if it == "cut"])]
    if promised is not None and best != promised:
        found.append(_other_rule(table, average, rules[promised], rule, rows))
    return found


def _arithmetic(table: Table, row: int, average: int, rule: Rule) -> str:
    cell, reckoned = table.number(row, average), rule.reckon(table, row)
    assert cell is not None
    assert cell.number is not None
    assert reckoned is not None
    weights = {weight for _, weight in rule.weights}
    members = [_member(table, row, column, rule) for column, _ in rule.weights]
    if len(weights) == 1:
        sum_of = f"({' + '.join(members)}) / {len(members)}"
    else:
        sum_of = " + ".join(f"{weight} x {it}" for it, (_, weight) in zip(members, rule.weights, strict=True))
    point = table.fields[average].point
    return (
        f"{sum_of} = {spoken((reckoned.low + reckoned.high) / 2)}; printed members allow "
        f"{spoken_interval(reckoned, 5)}, "
        f"printed {spoken(cell.value, 9)} allows {spoken_interval(cell.number.nearest.scaled(point), 5)}"
    )


def _member(table: Table, row: int, column: int, rule: Rule) -> str:
    value, point = table.cells[row, column].value, table.fields[column].point
    if column in rule.raw or point == 1:
        return spoken(value, 9)
    return f"{spoken(value, 9)}/{spoken(1 / point)}" if point < 1 else f"{spoken(point)}x{spoken(value, 9)}"


def _row(table: Table, row: int, average: int, rule: Rule, given: Answer) -> Finding:
    at = [(row, average), *((row, column) for column, _ in rule.weights)]
    arithmetic = _arithmetic(table, row, average, rule)
    if given == "cut":
        return Finding(
            "average",
            "unexplained",
            places(table, at),
            f"{rule.words}: {arithmetic}: they do not meet, unless members or average were cut off, not rounded",
            "Rounding alone does not explain the average; cutting off some of the numbers would.",
        )
    other = [it.words for it in rules_for(table, average) if answer(table, row, average, it) == "keeps"]
    explained = f" It would follow as: {'; '.join(other)}." if other else ""
    return Finding(
        "average",
        "inconsistent",
        places(table, at),
        f"{rule.words}: {arithmetic}: no point in common",
        "The average does not follow from the cells of its row: a member or the average is wrong, or comes from "
        f"another version of the table.{explained}"
        + fitting_subsets(table, [row], average, [column for column, _ in rule.weights]),
    )


def _all_cut(table: Table, average: int, rule: Rule, rows: list[int]) -> Finding:
    return Finding(
        "average",
        "unexplained",
        places(table, [(row, average) for row in rows]),
        f"{rule.words}; for example {_arithmetic(table, rows[0], average, rule)}",
        f"{len(rows)} averages follow only if numbers were cut off instead of rounded; none contradicts that.",
    )


def _other_rule(table: Table, average: int, promised: Rule, kept: Rule, rows: list[int]) -> Finding:
    label = table.fields[average].label
    return Finding(
        "average",
        "note" if not kept.raw else "unexplained",
        places(table, [(row, average) for row in rows]),
        f"{label} is the {kept.words}, not the {promised.words}",
        "The averages follow another rule than the suite's; they are not comparable with averages that follow it.",
    )


def _no_rule(table: Table, average: int, rows: list[int], rules: list[Rule]) -> Finding:
    tried = "; ".join(rule.words for rule in rules)
    row = next(row for row in rows if any(answer(table, row, average, rule) != "missing" for rule in rules))
    rule = next(rule for rule in rules if answer(table, row, average, rule) != "missing")
    columns = [column for column, field in enumerate(table.fields) if field.is_score]
    partial = table.fields[average].meaning.covers in GROUPS
    return Finding(
        "average",
        "note" if partial else "unexplained",
        places(table, [(row, average) for row in rows]),
        f"tried: {tried}. For example {rule.words}: {_arithmetic(table, row, average, rule)}",
        "No usual rule gives these averages, and the header promises none; they may cover columns that are not printed."
        + fitting_subsets(table, rows, average, columns),
    )


def _unchecked(table: Table, averages: list[int], why: str) -> list[Finding]:
    if not averages:
        return []
    labels = ", ".join(table.fields[column].label for column in averages)
    return [
        Finding(
            "average",
            "note",
            places(table, [(row, column) for column in averages for row, _ in table.numbers(column)]),
            f"{why} {labels}",
            "These averages were not checked.",
        )
    ]
