r"""Turn the LaTeX of one cell into plain text: what is bold, what is raised, how far the cell reaches.

Commands are looked up in closed tables; a command that is in none of them is taken off and its arguments stay, so
`\best{63.3}` reads 63.3. Nothing is expanded: macros of the file are only asked whether they make bold.
"""

import re
from dataclasses import dataclass, field

DEEPEST = 24
LONGEST = 8000

_SYMBOLS = {
    "pm": "±",
    "uparrow": "↑",
    "downarrow": "↓",
    "Uparrow": "↑",
    "Downarrow": "↓",
    "times": "×",
    "dagger": "†",
    "ddagger": "‡",
    "dag": "†",
    "ddag": "‡",
    "checkmark": "✓",
    "cmark": "✓",
    "xmark": "✗",
    "star": "★",
    "ast": "*",
    "textminus": "-",
    "textendash": "–",
    "textemdash": "—",
    "textasciitilde": "~",
    "sim": "~",
    "approx": "≈",
    "textpm": "±",
    "textdagger": "†",
    "S": "§",
    "P": "¶",
    "bullet": "•",
    "circ": "◦",
    "diamond": "◇",
    "cdot": "·",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ldots": "...",
    "dots": "...",
    "alpha": "α",
    "Delta": "Δ",
    "quad": " ",
    "qquad": " ",
    "newline": " ",
    "linebreak": " ",
    "textbackslash": " ",
    "space": " ",
    "greencheck": "✓",
    "redcross": "✗",
    "Checkmark": "✓",
    "XSolidBrush": "✗",
    "tick": "✓",
    "cross": "✗",
}
_PUNCTUATION = {",": "\u202f", ";": " ", ":": " ", "!": "", " ": " ", "\\": " ", "/": "", "-": "", "(": "", ")": ""}
# How many arguments of a command are not text; what follows them is kept.
_NOT_TEXT = {
    **dict.fromkeys(("textcolor", "colorbox", "rotatebox", "adjustbox", "parbox", "raisebox", "href", "scalebox"), 1),
    **dict.fromkeys(("resizebox", "fcolorbox"), 2),
    **dict.fromkeys(("cite", "citep", "citet", "citealp", "citealt", "citeyear", "parencite", "autocite"), 1),
    **dict.fromkeys(("ref", "cref", "Cref", "autoref", "label", "footnote", "footnotetext", "footref"), 1),
    **dict.fromkeys(("vspace", "hspace", "phantom", "hphantom", "vphantom", "color", "cellcolor", "rowcolor"), 1),
    **dict.fromkeys(("includegraphics", "arrayrulecolor", "fontsize", "linespread", "columncolor", "hskip"), 1),
    **dict.fromkeys(("cmidrule", "cline", "rule", "setlength", "specialrule", "extracolsep"), 1),
}
_BOLD = {"textbf", "mathbf", "bm", "boldsymbol", "bfseries", "bf", "boldmath", "pmb", "fontseries"}
_RAISED = {"textsuperscript": "^", "textsubscript": "_", "tnote": "^", "footnotemark": "^"}
_DINGS = {"51": "✓", "52": "✓", "53": "✗", "54": "✗", "55": "✗", "56": "✗"}
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL)


@dataclass(slots=True)
class Plain:
    """Hold the text of a cell and what its commands said about it."""

    text: str = ""
    bold: bool = False
    across: int = 1
    down: int = 1
    parts: list[str] = field(default_factory=list)


def plain(source: str, bold_macros: frozenset[str] = frozenset()) -> Plain:
    """Turn one cell's LaTeX into text."""
    found = Plain()
    _render(source[:LONGEST], found, _BOLD | bold_macros, False, 0)
    found.text = re.sub(r"[ \t\r\n]+", " ", "".join(found.parts)).strip(" ")
    return found


def _render(source: str, into: Plain, bold: frozenset[str] | set[str], strong: bool, depth: int) -> None:
    if depth > DEEPEST:
        return
    place = 0
    while place < len(source):
        mark = source[place]
        if mark == "\\":
            found = _COMMAND.match(source, place)
            if found is None:
                break
            place = found.end()
            if found.group(2) is not None:
                into.parts.append(_PUNCTUATION.get(found.group(2), found.group(2)))
                continue
            place, strong = _command(found.group(1), source, place, into, bold, strong, depth)
        elif mark == "{":
            inner, place = group(source, place)
            # `{,}` only keeps TeX from putting space behind a thousands comma.
            _render(inner, into, bold, strong, depth + 1)
        elif mark in "^_":
            inner, place = _argument(source, place + 1)
            into.parts.append(mark + "{")
            _render(inner, into, bold, strong, depth + 1)
            into.parts.append("}")
        else:
            into.parts.append("" if mark in "$}" else " " if mark == "~" else mark)
            into.bold = into.bold or (strong and mark.isdigit())
            place += 1


def _command(
    name: str, source: str, place: int, into: Plain, bold: frozenset[str] | set[str], strong: bool, depth: int
) -> tuple[int, bool]:
    """Act on one command; return where the reading goes on and whether what follows in this group is bold."""
    if name in ("multicolumn", "multirow"):
        arguments, place = _arguments(source, place, 3)
        reach = _whole(arguments[0])
        if name == "multicolumn":
            into.across = max(into.across, reach)
        else:
            into.down = max(into.down, reach)
        _render(arguments[2], into, bold, strong, depth + 1)
        return place, strong
    if name in _SYMBOLS:
        into.parts.append(_SYMBOLS[name])
    elif name == "ding":
        arguments, place = _arguments(source, place, 1)
        into.parts.append(_DINGS.get(arguments[0].strip(), ""))
    elif name in _RAISED:
        start = _optional(source, place) if name == "footnotemark" else place
        arguments, place = (
            ([source[place:start].strip("[]")], start) if name == "footnotemark" else _arguments(source, place, 1)
        )
        into.parts.append(_RAISED[name] + "{")
        _render(arguments[0], into, bold, strong, depth + 1)
        into.parts.append("}")
    elif name in bold:
        start = _blank(source, place)
        if source[start : start + 1] == "{" and name not in ("bfseries", "bf", "boldmath", "fontseries"):
            inner, place = group(source, start)
            _render(inner, into, bold, True, depth + 1)
        else:
            return place, True
    elif name == "begin" or name == "end":
        arguments, place = _arguments(source, place, 1)
        if name == "begin" and arguments[0].startswith(("tabular", "array")):
            place = _arguments(source, place, 1)[1]
    elif name in _NOT_TEXT:
        place = _arguments(source, place, _NOT_TEXT[name])[1]
    else:
        place = _optional(source, place)
    return place, strong


def _whole(text: str) -> int:
    found = re.match(r"\s*([0-9]{1,5})", text)
    return max(1, int(found.group(1))) if found else 1


def _blank(source: str, place: int) -> int:
    while place < len(source) and source[place] in " \t\r\n":
        place += 1
    return place


def _optional(source: str, place: int) -> int:
    """Return the place behind an argument in square or round brackets, if one stands here."""
    start = _blank(source, place)
    closing = {"[": "]", "(": ")"}.get(source[start : start + 1])
    if closing is None:
        return place
    end = source.find(closing, start)
    return place if end < 0 or end - start > 80 or source[start] == "(" else end + 1


def group(source: str, place: int, most: int = LONGEST) -> tuple[str, int]:
    """Return what stands between the brace at `place` and its partner, `most` characters at most, and where it ends."""
    depth, end = 0, min(len(source), place + most)
    for at in range(place, end):
        if source[at] in "{}" and (at == 0 or source[at - 1] != "\\"):
            depth += 1 if source[at] == "{" else -1
            if depth == 0:
                return source[place + 1 : at], at + 1
    return source[place + 1 : end], end


def _argument(source: str, place: int) -> tuple[str, int]:
    """Return the next argument: a group, a command, or one character."""
    place = _blank(source, place)
    if source[place : place + 1] == "{":
        return group(source, place)
    if found := _COMMAND.match(source, place):
        return found.group(), found.end()
    return source[place : place + 1], place + 1


def _arguments(source: str, place: int, count: int) -> tuple[list[str], int]:
    """Return the next arguments, with optional ones in square brackets left out."""
    found: list[str] = []
    for _ in range(count):
        place = _optional(source, place)
        inner, place = _argument(source, place)
        found.append(inner)
    return found, place
