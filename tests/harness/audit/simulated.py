"""Draw honest tables of scores, and tables with one planted error of a named kind, as CSV text.

Honest: every rate is 100 k / n with a random whole k, MME a sum on its tasks' grid, soft scores means of random marks;
all are printed by one rounding rule, averages are taken from the exact values or from the printed cells.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from benchmarks.suite import COLUMNS, GROUPS, Column

ROUNDINGS = {
    "half up": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "float": "float",
    "cut off": ROUND_DOWN,
}


@dataclass(slots=True)
class Drawn:
    """Hold a table while it is drawn: header -> cell texts, with the exact values behind them and the bold cells."""

    labels: list[str]
    columns: list[Column]
    decimals: int
    rounding: str
    exact: dict[str, list[Fraction]] = field(default_factory=dict)
    cells: dict[str, list[str]] = field(default_factory=dict)
    bold: set[tuple[str, int]] = field(default_factory=set)

    def text(self) -> str:
        """Write the table as CSV."""
        lines = [",".join(["Model", *self.cells])]
        for row, label in enumerate(self.labels):
            cells = [
                f"**{texts[row]}**" if (head, row) in self.bold else texts[row] for head, texts in self.cells.items()
            ]
            lines.append(",".join([label, *cells]))
        return "\n".join(lines) + "\n"


def shown(value: Fraction, decimals: int, rounding: str) -> str:
    """Print an exact value by one rounding rule."""
    if rounding == "float":
        return f"{float(value):.{decimals}f}"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUNDINGS[rounding]))


def draw(rng: random.Random, rows: int = 0, columns: list[Column] | None = None, averages: bool | None = None) -> Drawn:
    """Draw an honest table."""
    chosen = columns or [it for it in COLUMNS if rng.random() < rng.choice((0.4, 0.8, 1.0))] or list(COLUMNS[:4])
    rounding = rng.choice(list(ROUNDINGS))
    table = Drawn([f"Model {it}" for it in range(rows or rng.randint(1, 10))], chosen, rng.choice((1, 2)), rounding)
    raw_ocr = rng.random() < 0.3
    for column in chosen:
        middle = rng.uniform(20, 85)
        values = [_value(rng, column, min(97.0, max(3.0, rng.gauss(middle, 4)))) for _ in table.labels]
        table.exact[column.title] = [value * column.published_max / 100 for value in values]
        decimals = table.decimals
        if column.name == "mme":
            decimals = rng.choice((0, 1, 2))
        elif column.name == "ocrbench" and raw_ocr:
            decimals = 0
        elif column.name == "ocrbench":
            table.exact[column.title] = values
        table.cells[column.title] = [shown(it, decimals, rounding) for it in table.exact[column.title]]
    if rng.random() < 0.7 if averages is None else averages:
        _average(rng, table)
    if rng.random() < 0.5:
        _embolden(table)
    return table


def _value(rng: random.Random, column: Column, wanted: float) -> Fraction:
    """Draw a value near `wanted` that the benchmark can have, on 0-100."""
    if column.steps is None:
        return Fraction(round(wanted * 10**9), 10**9)
    return Fraction(100 * round(column.steps * wanted / 100), column.steps)


def _on_suite(table: Drawn, column: Column, row: int, from_cells: bool) -> Fraction:
    printed = Fraction(table.cells[column.title][row])
    value = printed if from_cells else table.exact[column.title][row]
    ocr = column.name == "ocrbench" and table.exact[column.title][0] <= 100 and "." in table.cells[column.title][0]
    return value if ocr else value * 100 / column.published_max


def _average(rng: random.Random, table: Drawn) -> None:
    from_cells = rng.random() < 0.3
    wanted = {f"{group} avg": [it for it in table.columns if it.group == group] for group in GROUPS}
    members = {name: them for name, them in wanted.items() if len(them) == 4}
    if len(table.columns) == len(COLUMNS):
        members["Average"] = list(table.columns)
    for name, them in members.items():
        means = [
            sum((_on_suite(table, it, row, from_cells) for it in them), Fraction(0)) / len(them)
            for row in range(len(table.labels))
        ]
        table.exact[name] = means
        table.cells[name] = [shown(it, table.decimals, table.rounding) for it in means]


def _embolden(table: Drawn) -> None:
    for head, texts in table.cells.items():
        best = max(Fraction(text) for text in texts)
        table.bold |= {(head, row) for row, text in enumerate(texts) if Fraction(text) == best}


COUNTED = [it for it in COLUMNS if it.counting in ("items", "pairs") and it.units is not None and it.units <= 1200]
Planter = Callable[[random.Random], str]


def plant_granularity(rng: random.Random) -> str:
    """Print one rate that no whole number of units gives, whatever the rounding."""
    column = rng.choice([it for it in COUNTED if it.name in ("mmvp", "realworldqa", "mmmu", "cv_bench_3d")])
    table = draw(rng, rng.randint(3, 8), [column], averages=False)
    table.bold.clear()
    steps, unit = column.steps or 1, Fraction(1, 100)
    for _ in range(1000):
        value = Fraction(rng.randrange(2000, 9000), 100)
        k = value * steps // 100
        if value - Fraction(100 * k, steps) > unit and Fraction(100 * (k + 1), steps) - value > unit:
            break
    table.cells[column.title] = [shown(it, 2, table.rounding) for it in table.exact[column.title]]
    table.cells[column.title][rng.randrange(len(table.labels))] = shown(value, 2, "half up")
    return table.text()


def plant_average(rng: random.Random) -> str:
    """Shift one printed average by 0.3 to 3 points."""
    table = draw(rng, rng.randint(2, 8), list(COLUMNS), averages=True)
    table.bold.clear()
    head = rng.choice([name for name in table.cells if "avg" in name.lower() or name == "Average"])
    row = rng.randrange(len(table.labels))
    value = Fraction(table.cells[head][row]) + Fraction(rng.choice((-1, 1)) * rng.randint(30, 300), 100)
    table.cells[head][row] = shown(value, table.decimals, "half up")
    return table.text()


def plant_scale(rng: random.Random) -> str:
    """Print one cell as a share, MME divided by 20 or OCRBench divided by 10."""
    table = draw(rng, rng.randint(3, 8), list(COLUMNS), averages=False)
    table.bold.clear()
    head = rng.choice(list(table.cells))
    row, factor = rng.randrange(len(table.labels)), {"MME": 20, "OCRBench": 10}.get(head, 100)
    table.cells[head][row] = shown(Fraction(table.cells[head][row]) / factor, 4 if factor == 100 else 1, "half up")
    return table.text()


def plant_range(rng: random.Random) -> str:
    """Print one rate above full marks, as a slipped decimal point does."""
    table = draw(rng, rng.randint(2, 8), [it for it in COLUMNS if it.published_max == 100], averages=False)
    table.bold.clear()
    head, row = rng.choice(list(table.cells)), rng.randrange(len(table.labels))
    table.cells[head][row] = shown(Fraction(100) + rng.randint(1, 300), table.decimals, "half up")
    return table.text()


def plant_label(rng: random.Random) -> str:
    """Call two rows with different numbers by one name."""
    table = draw(rng, rng.randint(2, 8), list(COLUMNS), averages=False)
    table.labels[-1] = table.labels[0]
    return table.text()


def plant_copy(rng: random.Random) -> str:
    """Paste one row over another."""
    table = draw(rng, rng.randint(3, 8), list(COLUMNS), averages=False)
    table.bold.clear()
    for texts in table.cells.values():
        texts[-1] = texts[0]
    return table.text()


def plant_bold(rng: random.Random) -> str:
    """Mark the second best of a column instead of the best."""
    table = draw(rng, rng.randint(3, 8), list(COLUMNS), averages=False)
    table.bold.clear()
    _embolden(table)
    heads = [head for head, texts in table.cells.items() if len({Fraction(text) for text in texts}) > 1]
    head = rng.choice(heads)
    values = [Fraction(text) for text in table.cells[head]]
    second = max(value for value in values if value < max(values))
    table.bold = {it for it in table.bold if it[0] != head} | {(head, values.index(second))}
    return table.text()


def plant_count(rng: random.Random) -> str:
    """Print a whole column of MMVP over 300 items instead of 150 pairs."""
    table = draw(rng, rng.randint(6, 10), [it for it in COLUMNS if it.name == "mmvp"], averages=False)
    table.bold.clear()
    counts = [rng.randint(60, 250) for _ in table.labels]
    table.cells["MMVP"] = [shown(Fraction(100 * k, 300), 2, table.rounding) for k in counts]
    return table.text()


def plant_digits(rng: random.Random) -> str:
    """Swap two neighbouring digits of one cell beside a printed average."""
    table = draw(rng, rng.randint(2, 8), list(COLUMNS), averages=True)
    table.bold.clear()
    heads = [it.title for it in table.columns if it.published_max == 100]
    for _ in range(100):
        head, row = rng.choice(heads), rng.randrange(len(table.labels))
        text = table.cells[head][row]
        if text[:2].isdigit() and text[0] != text[1]:
            table.cells[head][row] = text[1] + text[0] + text[2:]
            break
    return table.text()


def plant_two_tables(rng: random.Random) -> str:
    """Print one table twice as Markdown, one cell of the second changed by half a point or more."""
    table = draw(rng, rng.randint(2, 6), list(COLUMNS), averages=False)
    table.bold.clear()
    first = _markdown(table)
    head, row = rng.choice([it.title for it in COLUMNS if it.published_max == 100]), rng.randrange(len(table.labels))
    value = Fraction(table.cells[head][row]) + Fraction(rng.randint(5, 30), 10) * rng.choice((-1, 1))
    table.cells[head][row] = shown(value, table.decimals, "half up")
    return f"{first}\n\nAgain.\n\n{_markdown(table)}"


def _markdown(table: Drawn) -> str:
    rows = [line.split(",") for line in table.text().splitlines()]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


# Name -> what is planted, and the checks that count as finding it.
PLANTS: dict[str, tuple[Planter, tuple[str, ...]]] = {
    "unattainable rate": (plant_granularity, ("granularity", "denominator")),
    "average off by 0.3 to 3": (plant_average, ("average",)),
    "slipped scale": (plant_scale, ("scale",)),
    "above full marks": (plant_range, ("range", "scale")),
    "one label twice": (plant_label, ("duplicate label",)),
    "pasted row": (plant_copy, ("copy",)),
    "bold second best": (plant_bold, ("bold",)),
    "column of 300 items": (plant_count, ("granularity", "denominator")),
    "swapped digits": (plant_digits, ("average", "granularity", "denominator")),
    "two tables disagree": (plant_two_tables, ("cross table",)),
}
