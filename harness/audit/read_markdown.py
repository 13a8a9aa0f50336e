"""Read the tables of a Markdown text: pipe tables by markdown-it's table rule, HTML tables among them."""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.audit.latex_text import plain
from harness.audit.read_html import read_html
from harness.audit.sheet import MOST_TABLES, Layout, Raw, Sheet
from harness.errors import InvalidEvidence

_MATHS = re.compile(r"\$([^$]{1,80})\$")
_FOOTNOTE = re.compile(r"\[\^([^\]]{1,20})\]")
_RAISED = re.compile(r"\^([A-Za-z0-9*†‡]{1,6})\^")
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read_markdown(text: str, name: str) -> list[Sheet]:
    """Read every table of a Markdown text, in the order in which they stand.

    Raises:
        InvalidEvidence: there are too many tables, or one is too large.
    """
    # Links are read below: the parser looks for each bracket's partner to the end of its line, a thousand times over.
    tokens = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table").disable(["link", "image"]).parse(text)
    sheets: list[Sheet] = []
    heading, place = "", 0
    while place < len(tokens):
        token = tokens[place]
        if len(sheets) > MOST_TABLES:
            raise InvalidEvidence(f"{name}: more than {MOST_TABLES} tables in one file are not read")
        if token.type == "heading_open":
            heading = tokens[place + 1].content
        elif token.type == "html_block" and "<table" in token.content.lower():
            # A blank line ends an HTML block, so a table may go on in the next blocks.
            end = place
            while "</table" not in tokens[end].content.lower() and end + 1 < len(tokens):
                end += 1
            first = (token.map or [0, 0])[0]
            lines = text.splitlines(keepends=True)
            last = (tokens[end].map or [0, len(lines)])[1]
            found = read_html("\n" * first + "".join(lines[first:last]), name)
            sheets += [Sheet(it.name, it.caption or heading, it.rows, it.heads, it.breaks) for it in found]
            place = end
        elif token.type == "table_open":
            sheet, place = _table(tokens, place, name, heading)
            if sheet:
                sheets.append(sheet)
        place += 1
    return sheets


def _table(tokens: list[Token], place: int, name: str, heading: str) -> tuple[Sheet | None, int]:
    layout = Layout(name)
    row: list[Raw] = []
    while tokens[place].type != "table_close":
        token = tokens[place]
        if token.type == "tr_open":
            row, line = [], (token.map or [0])[0] + 1
        elif token.type == "inline":
            row.append(_cell(token, line))
        elif token.type == "tr_close":
            layout.add(row)
        place += 1
    return layout.sheet("", heading, 1, set()), place


def _cell(token: Token, line: int) -> Raw:
    """Put a cell's inline parts together; bold counts where it covers a digit."""
    parts: list[str] = []
    strong = bold = False
    for child in token.children or []:
        if child.type in ("strong_open", "strong_close"):
            strong = child.type == "strong_open"
        elif child.type == "html_inline":
            tag = child.content.lower().replace(" ", "")
            if tag in ("<b>", "<strong>", "</b>", "</strong>"):
                strong = not tag.startswith("</")
            elif tag in ("<sup>", "<sub>"):
                parts.append("^{" if tag == "<sup>" else "_{")
            elif tag in ("</sup>", "</sub>"):
                parts.append("}")
            elif _BREAK.fullmatch(child.content):
                parts.append(" ")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.content:
            parts.append(child.content)
            bold = bold or (strong and any(mark.isdigit() for mark in child.content))
    text = "".join(parts)
    bold = bold or "\\mathbf" in text or "\\textbf" in text
    text = _LINK.sub(r"\1", text)
    text = _MATHS.sub(lambda found: plain(found.group(1)).text, text)
    text = _RAISED.sub(r"^{\1}", _FOOTNOTE.sub(r"^{\1}", text))
    return Raw(text.strip(), bold, line=line)
