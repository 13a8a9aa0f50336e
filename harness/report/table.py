"""Hold a table before it has a format: plain words and amounts with their intervals.

A cell is a text or an amount; the formats write an amount as `41.20 [40.10, 42.30]` for people and as three numbers for
machines.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.report import escapes

PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Amount:
    """Hold a number with the ends of its interval, where it has them; `factor` 100 shows a share in per cent."""

    value: float
    low: float | None = None
    high: float | None = None
    factor: float = 1.0
    digits: int = 2
    signed: bool = False

    @property
    def middle(self) -> str:
        """Write the number."""
        return self._written(self.value)

    @property
    def ends(self) -> str:
        """Write the interval as `[40.10, 42.30]`, empty where there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"[{self._written(self.low)}, {self._written(self.high)}]"

    def __str__(self) -> str:
        return f"{self.middle} {self.ends}".strip()

    def _written(self, value: float) -> str:
        text = f"{self.factor * value:{'+' if self.signed else ''}.{self.digits}f}"
        # A number that rounds to nothing has no sign.
        return text.lstrip("+-") if not text.strip("+-0.") else text


Cell = str | Amount


@dataclass(frozen=True, slots=True)
class Table:
    """Hold a table: a name for files, a title, the heads (a leading `>` stands on the right), rows and a note.

    A *compact* one shows people no intervals, which would make it too wide; machines get them all.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    compact: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        """Return the heads without their marks."""
        return tuple(head.removeprefix(">") for head in self.heads)

    @property
    def right(self) -> tuple[bool, ...]:
        """Tell which columns stand on the right."""
        return tuple(head.startswith(">") for head in self.heads)


def amount(plain: Mapping[str, Any] | None, percent: bool = False, digits: int = 2, signed: bool = False) -> Cell:
    """Take an amount from a measure's plain value; an empty text where there is none."""
    if plain is None or plain["value"] is None:
        return ""
    factor = PER_CENT if percent else 1.0
    return Amount(plain["value"], plain.get("low"), plain.get("high"), factor, digits, signed)


def to_csv(table: Table) -> str:
    """Write a table as CSV: an amount's column is followed by its ends, where any row has them."""
    wide = [_has_ends(table, place) for place in range(len(table.heads))]
    heads: list[str] = []
    for title, ends in zip(table.titles, wide, strict=True):
        heads += [title, f"{title} low", f"{title} high"] if ends else [title]
    lines = [heads]
    for row in table.rows:
        line: list[str] = []
        for cell, ends in zip(row, wide, strict=True):
            line += _numbers(cell, ends)
        lines.append(line)
    return "".join(",".join(_quoted(escapes.csv(text)) for text in line) + "\n" for line in lines)


def to_markdown(table: Table) -> str:
    """Write a table as Markdown, without its title."""
    rule = ["---:" if right else "---" for right in table.right]
    rows = [[_in_markdown(cell, table.compact) for cell in row] for row in table.rows]
    lines = [[escapes.markdown(title) for title in table.titles], rule, *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def to_latex(table: Table) -> str:
    """Write a table as LaTeX for the package booktabs."""
    columns = "".join("r" if right else "l" for right in table.right)
    heads = " & ".join(escapes.latex(title) for title in table.titles)
    rows = [" & ".join(_in_latex(cell, table.compact) for cell in row) + r" \\" for row in table.rows]
    body = [r"\toprule", heads + r" \\", r"\midrule", *rows, r"\bottomrule"]
    note = [rf"\par\smallskip\footnotesize {escapes.latex(table.note)}"] if table.note else []
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escapes.latex(table.title)}}}",
        rf"\label{{tab:{table.name}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        *body,
        r"\end{tabular}",
        *note,
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def to_html(table: Table) -> str:
    """Write a table as HTML with a caption; the first cell of a row is its head."""
    heads = "".join(
        f'<th scope="col"{_number(right)}>{escapes.html(title)}</th>'
        for title, right in zip(table.titles, table.right, strict=True)
    )
    rows = "".join(f"<tr>{_in_html(row, table)}</tr>" for row in table.rows)
    note = f'<p class="note">{escapes.html(table.note)}</p>' if table.note else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escapes.html(table.title)}"><table>'
        f"<caption>{escapes.html(table.title)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f"</div>{note}"
    )


def _has_ends(table: Table, place: int) -> bool:
    return any(isinstance(cell := row[place], Amount) and bool(cell.ends) for row in table.rows)


def _numbers(cell: Cell, ends: bool) -> list[str]:
    if isinstance(cell, str):
        return [cell, "", ""] if ends else [cell]
    known = (cell.value, cell.low, cell.high) if ends else (cell.value,)
    return ["" if one is None else repr(cell.factor * one) for one in known]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"') else text


def _shown(cell: Cell, compact: bool) -> str:
    return cell.middle if compact and isinstance(cell, Amount) else str(cell)


def _in_markdown(cell: Cell, compact: bool) -> str:
    return _shown(cell, compact) if isinstance(cell, Amount) else escapes.markdown(cell)


def _in_latex(cell: Cell, compact: bool) -> str:
    if isinstance(cell, str):
        return escapes.latex(cell)
    ends = rf" {{\scriptsize ${cell.ends}$}}" if cell.ends and not compact else ""
    return f"${cell.middle}${ends}"


def _in_html(row: Sequence[Cell], table: Table) -> str:
    right = table.right
    cells = [
        f'{cell.middle} <span class="ends">{cell.ends}</span>'
        if isinstance(cell, Amount) and cell.ends and not table.compact
        else escapes.html(_shown(cell, table.compact))
        for cell in row
    ]
    first = f'<th scope="row"{_number(right[0])}>{cells[0]}</th>'
    return first + "".join(f"<td{_number(at)}>{cell}</td>" for cell, at in zip(cells[1:], right[1:], strict=True))


def _number(right: bool) -> str:
    return ' class="number"' if right else ""
