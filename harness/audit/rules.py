"""List the rules by which a printed average may have been made, the papers' own first.

Every rule is a weighted mean of columns on 0-100. The papers' rules are facts of `benchmarks.suite`; here they meet a
table that may lack columns, split them or have them joined.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.suite import CV_BENCH, FIFTEEN_RULE, GROUPS, SUITE_RULE, Group
from harness.audit.interval import Interval
from harness.audit.table import Field, Table

WHOLE = len(SUITE_RULE.weights())
GROUP = WHOLE // len(GROUPS)


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one rule: weights of columns, whether it is the one a label promises, and its name in words."""

    weights: tuple[tuple[int, Fraction], ...]
    words: str
    promised: bool = False
    raw: frozenset[int] = frozenset()

    def reckon(self, table: Table, row: int, cut: bool = False) -> Interval | None:
        """Return what the rule gives for a row, or None where a member is missing."""
        low = high = Fraction(0)
        for column, weight in self.weights:
            cell = table.number(row, column)
            if cell is None or cell.number is None:
                return None
            stands = cell.number.cut if cut else cell.number.nearest
            factor = weight if column in self.raw else weight * table.fields[column].point
            low, high = low + stands.low * factor, high + stands.high * factor
        return Interval(low, high)


def rules_for(table: Table, average: int) -> list[Rule]:
    """List the rules that an average column may follow, the most natural first."""
    covers = table.fields[average].meaning.covers
    found = _group_rules(table, covers) if covers in GROUPS else _whole_rules(table, covers == "sixteen")
    seen: set[tuple[tuple[int, Fraction], ...]] = set()
    kept: list[Rule] = []
    for rule in found:
        mark = (*rule.weights, *((column, Fraction(-1)) for column in sorted(rule.raw)))
        if len(rule.weights) > 1 and mark not in seen:
            seen.add(mark)
            kept.append(rule)
    return kept


def _plain(columns: Iterable[int], words: str, promised: bool = False, raw: Iterable[int] = ()) -> Rule:
    members = sorted(columns)
    weight = Fraction(1, max(1, len(members)))
    return Rule(tuple((column, weight) for column in members), words, promised, frozenset(raw))


def _of_suite(table: Table) -> dict[str, int]:
    """Return the first column of each benchmark of the suite."""
    found: dict[str, int] = {}
    for column, field in enumerate(table.fields):
        if field.meaning.role == "benchmark" and field.meaning.benchmark:
            found.setdefault(field.meaning.benchmark.name, column)
    return found


def _members(table: Table, group: Group) -> list[int]:
    return [
        column
        for column in _of_suite(table).values()
        if (known := table.fields[column].meaning.benchmark) and known.group == group
    ]


def _cv_bench(table: Table) -> list[int]:
    return [
        column
        for column, field in enumerate(table.fields)
        if field.meaning.neighbour and field.meaning.neighbour.name == "cv_bench"
    ]


def _group_rules(table: Table, group: Group | str) -> list[Rule]:
    members = [column for name in GROUPS if name == group for column in _members(table, name)]
    combined = _cv_bench(table)[:1] if group == "vision_centric" else []
    both = [column for column in members if _name(table.fields[column]) in CV_BENCH]
    rest = [column for column in members if column not in both]
    whole = len(members) == GROUP
    found = [_plain(members, f"mean of the {len(members)} columns of the group", whole and not combined)]
    if combined:
        complete = len(rest) == GROUP - 2 and not both
        found.insert(0, _plain([*rest, *combined], "mean of the group with CV-Bench as one column", complete))
    if len(both) == 2:
        third = Fraction(1, len(rest) + 1)
        weights = sorted([*((column, third) for column in rest), *((column, third / 2) for column in both)])
        found.append(Rule(tuple(weights), "mean of the group with CV-Bench 2D and 3D as one"))
    return [*found, *_odd_rules(table, members)]


def _whole_rules(table: Table, sixteen: bool) -> list[Rule]:
    suite = list(_of_suite(table).values())
    scores = [column for column, field in enumerate(table.fields) if field.is_score]
    groups = {
        group: column
        for column, field in enumerate(table.fields)
        if field.meaning.role == "average" and (group := field.meaning.covers) in GROUPS
    }
    complete = len(suite) == WHOLE
    found: list[Rule] = []
    if complete:
        found.append(_plain(suite, "mean of the sixteen columns", True))
    if len(groups) == len(GROUPS):
        found.append(_plain(groups.values(), "mean of the four category averages", not complete))
    if not complete:
        found.append(_plain(suite, f"mean of the {len(suite)} columns of the suite", sixteen and not groups))
    if len(scores) > len(suite):
        found.append(_plain(scores, f"mean of all {len(scores)} score columns"))
    found += _paper_b(table)
    return [*found, *_odd_rules(table, suite)]


def _paper_b(table: Table) -> list[Rule]:
    """Build the mean of category means with CV-Bench as one column."""
    weights: dict[int, Fraction] = {}
    for group in GROUPS:
        members = _members(table, group)
        both = [column for column in members if _name(table.fields[column]) in CV_BENCH]
        rest = [column for column in members if column not in both]
        single = _cv_bench(table)[:1] if group == "vision_centric" and not both else []
        size = len(rest) + bool(both) + len(single)
        if size == 0:
            return []
        for column in (*rest, *single):
            weights[column] = Fraction(1, len(GROUPS) * size)
        for column in both:
            weights[column] = Fraction(1, len(GROUPS) * size * len(both))
    return [Rule(tuple(sorted(weights.items())), f"{FIFTEEN_RULE.title} column")]


def _odd_rules(table: Table, columns: list[int]) -> list[Rule]:
    """Build the rules that a careless hand follows: scales not brought to 0-100, MME left out, weights by size."""
    wide = [column for column in columns if table.fields[column].top > 100]
    found: list[Rule] = []
    if wide:
        found.append(_plain(columns, "plain mean of the printed numbers, scales unlike", raw=wide))
        found.append(
            _plain([column for column in columns if column not in wide], "mean without " + _labels(table, wide))
        )
    sizes = {
        column: units
        for column in columns
        if (known := table.fields[column].meaning.benchmark) and (units := known.units)
    }
    if len(sizes) == len(columns) and columns:
        total = sum(sizes.values())
        weights = tuple((column, Fraction(size, total)) for column, size in sorted(sizes.items()))
        found.append(Rule(weights, "mean weighted by the number of units"))
    return found


def _labels(table: Table, columns: Iterable[int]) -> str:
    return ", ".join(table.fields[column].label for column in columns)


def _name(field: Field) -> str:
    return field.meaning.benchmark.name if field.meaning.benchmark else ""
