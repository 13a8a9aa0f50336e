r"""Read the tables of a LaTeX file: tabular and its relatives, with booktabs rules, \multicolumn and \multirow.

Rows end at `\\`, cells at `&`, both outside braces and inner environments. The rows above the first rule that follows
a row are the header; every later rule begins a block. Only text is read: no file is included, no macro expanded.
"""

import re
from bisect import bisect_left

from harness.audit.latex_text import group, plain
from harness.audit.sheet import MOST_TABLES, Layout, Raw, Sheet
from harness.errors import InvalidEvidence

# Environment -> how many groups stand between its name and the first cell.
ENVIRONMENTS = {
    **dict.fromkeys(("tabular", "longtable", "array", "tblr", "longtblr", "NiceTabular", "supertabular"), 1),
    **dict.fromkeys(("tabular*", "tabularx", "tabulary", "xltabular", "NiceTabular*", "NiceTabularX"), 2),
}
_BEGIN = re.compile(rf"\\begin\s*\{{({'|'.join(re.escape(name) for name in sorted(ENVIRONMENTS, key=len)[::-1])})\}}")
_OPTION = re.compile(r"\s*\[[^\]]{0,200}\]")
_GROUP = re.compile(r"\s*\{")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_TOKEN = re.compile(
    r"\\\\\*?(?:\s*\[[^\]\n]{0,20}\])?|\\tabularnewline\b|\\begin\s*\{[^}]*\}|\\end\s*\{[^}]*\}|\\.|[{}&]", re.DOTALL
)
_RULE = re.compile(
    r"\s*\\(?:(hline|toprule|midrule|bottomrule|hdashline|Xhline|thickhline|specialrule|cdashline|dashline|Hline)"
    r"|(?:cmidrule|cline|addlinespace|noalign|rowcolor|rowcolors|arrayrulecolor|rowfont|centering|vspace|morecmidrules"
    r"|endhead|endfirsthead|endfoot|endlastfoot|noindent|small|footnotesize|scriptsize|tiny|hhline))\b"
    r"\*?(?:\s*\([^)]*\))?(?:\s*\[[^\]]*\])*(?:\s*\{[^{}]*\})*",
)
_CAPTION = re.compile(r"\\caption\*?\s*(?:\[[^\]]*\])?\s*\{")
_MACRO = re.compile(
    r"\\(?:re)?newcommand\*?\s*\{?\\([A-Za-z]+)\}?(?:\[[0-9]\])*\s*\{|\\def\s*\\([A-Za-z]+)(?:#[0-9])*\s*\{"
)


def read_latex(text: str, name: str) -> list[Sheet]:
    """Read every table of a LaTeX text.

    Raises:
        InvalidEvidence: a table never ends, there are too many, or one is too large.
    """
    source = _COMMENT.sub(r"\1", text)
    bold = _bold_macros(source)
    line_ends = [found.start() for found in re.finditer("\n", source)]
    sheets: list[Sheet] = []
    place = 0
    while found := _BEGIN.search(source, place):
        if len(sheets) >= MOST_TABLES:
            raise InvalidEvidence(f"{name}: more than {MOST_TABLES} tables in one file are not read")
        kind = found.group(1)
        rows, rules, end = _rows(source, _behind_arguments(source, found.end(), ENVIRONMENTS[kind]), name)
        place = end
        layout = Layout(name, placeholders=True)
        for cells in rows:
            layout.add([_raw(cell, at, line_ends, bold) for cell, at in cells])
        breaks = sorted(row for row in rules if 0 < row < len(rows))
        sheet = layout.sheet("", _caption(source, found.start(), end), breaks[0] if breaks else None, set(breaks[1:]))
        if sheet:
            sheets.append(sheet)
    return sheets


def _behind_arguments(source: str, place: int, count: int) -> int:
    for _ in range(count):
        while found := _OPTION.match(source, place):
            place = found.end()
        opened = _GROUP.match(source, place)
        if opened is None:
            return place
        place = group(source, opened.end() - 1)[1]
    return place


def _rows(source: str, start: int, name: str) -> tuple[list[list[tuple[str, int]]], set[int], int]:
    """Split the body of a table; return its rows of (text, place), the rows that stand below a rule, and its end."""
    rows: list[list[tuple[str, int]]] = []
    rules: set[int] = set()
    row: list[tuple[str, int]] = []
    depth = inner = 0
    begin = start

    def finish(at: int) -> None:
        nonlocal row
        row.append((source[begin:at], begin))
        first, place = row[0]
        while rule := _RULE.match(first):
            if rule.group(1):
                rules.add(len(rows))
            first, place = first[rule.end() :], place + rule.end()
        row[0] = (first, place)
        if any(text.strip() for text, _ in row):
            rows.append(row)
        row = []

    for token in _TOKEN.finditer(source, start):
        mark = token.group()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        elif mark.startswith("\\begin"):
            inner += 1
        elif mark.startswith("\\end") and "{" in mark:
            if inner == 0:
                finish(token.start())
                return rows, rules, token.end()
            inner -= 1
        elif depth <= 0 and inner == 0:
            if mark == "&":
                row.append((source[begin : token.start()], begin))
                begin = token.end()
            elif mark.startswith("\\\\") or mark == "\\tabularnewline":
                finish(token.start())
                begin = token.end()
    raise InvalidEvidence(f"{name}: a table begins on line {source.count(chr(10), 0, start) + 1} and never ends")


def _raw(cell: str, place: int, line_ends: list[int], bold: frozenset[str]) -> Raw:
    found = plain(cell, bold)
    lead = len(cell) - len(cell.lstrip())
    return Raw(found.text, found.bold, found.across, found.down, bisect_left(line_ends, place + lead) + 1)


def _caption(source: str, start: int, end: int) -> str:
    """Return the caption of the float around a table: the nearest one that no other float cuts off."""
    before = max(source.rfind("\\begin{table", 0, start), source.rfind("\\end{table", 0, start), 0)
    after = source.find("\\end{table", end)
    around = source[before : after if 0 <= after < end + 5000 else end]
    found = _CAPTION.search(around)
    return plain(group(around, found.end() - 1)[0]).text if found else ""


def _bold_macros(source: str) -> frozenset[str]:
    r"""Name the macros of the file whose body makes bold, such as `\newcommand{\best}[1]{\textbf{#1}}`."""
    return frozenset(
        found.group(1) or found.group(2)
        for found in list(_MACRO.finditer(source))[:1000]
        if re.search(r"\\(?:textbf|mathbf|bfseries|bf)\b", group(source, found.end() - 1, 300)[0])
    )
