"""Keep a stranger's text inside its place: a benchmark may be called anything, and stays a name in every format."""

from html import escape

REPLACED = "�"
MARKDOWN = {"<": "&lt;", ">": "&gt;", "&": "&amp;"} | {sign: f"\\{sign}" for sign in "\\|[]`*_~"}
LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "−": "-",
    "×": r"$\times$",
    "±": r"$\pm$",
    "²": r"\textsuperscript{2}",
    "–": "--",
    # After a row's end, TeX reads brackets as that command's option.
    "[": "{[}",
    "]": "{]}",
} | {sign: f"\\{sign}" for sign in "&%$#_{}"}
FORMULA = ("=", "+", "-", "@", "\t")


def printable(text: str) -> str:
    """Replace what cannot be printed, line ends among them, so that one text stays one line."""
    return "".join(sign if sign.isprintable() else REPLACED for sign in " ".join(text.split()))


def html(text: str) -> str:
    """Write a text for HTML or SVG, inside an element or between double quotes."""
    return escape(printable(text), quote=True)


def markdown(text: str) -> str:
    """Write a text for a cell of a Markdown table."""
    return "".join(MARKDOWN.get(sign, sign) for sign in printable(text))


def latex(text: str) -> str:
    """Write a text for a cell of a LaTeX table."""
    return "".join(LATEX.get(sign, sign) for sign in printable(text))


def csv(text: str) -> str:
    """Write a text for a cell of a CSV file, never as what a spreadsheet would take for a formula."""
    plain = printable(text)
    return f"'{plain}" if plain.startswith(FORMULA) and not _is_number(plain) else plain


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
