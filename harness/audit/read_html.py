"""Read the tables of an HTML page with the standard library's tolerant parser: nothing is fetched, nothing expanded.

rowspan and colspan are laid out; `<sup>` and `<sub>` become `^{...}` and `_{...}`; several `<tbody>` are blocks; hidden
parts, scripts and styles are left out. Named characters are HTML's own closed list, so no entity can grow.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from harness.audit.sheet import MOST_TABLES, Layout, Raw, Sheet
from harness.errors import InvalidEvidence

_SKIPPED = {"script", "style", "template", "noscript", "svg"}
_BOLD = {"b", "strong"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "col", "wbr", "source", "area", "base", "embed", "param", "track"}
_HEAVY = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(slots=True)
class _Open:
    """Hold a table while it is being read."""

    layout: Layout
    caption: str = ""
    heads: int = 0
    breaks: set[int] = field(default_factory=set)
    row: list[Raw] | None = None
    row_is_head: bool = True
    in_head: bool = False
    text: list[str] | None = None
    bold: bool = False
    across: int = 1
    down: int = 1
    line: int = 0


class _Tables(HTMLParser):
    def __init__(self, name: str):
        super().__init__(convert_charrefs=True)
        self.name = name
        self.sheets: list[Sheet] = []
        self.open: list[_Open] = []
        self.hidden: list[str] = []
        self.in_caption = False
        self.raised: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if self.hidden:
            if tag not in _VOID:
                self._hide(tag)
            return
        style = given.get("style", "")
        if tag in _SKIPPED or (("hidden" in given or _HIDDEN.search(style)) and tag not in _VOID):
            self._hide(tag)
            return
        if tag == "table":
            if len(self.open) + len(self.sheets) >= MOST_TABLES:
                raise InvalidEvidence(f"{self.name}: more than {MOST_TABLES} tables in one file are not read")
            self.open.append(_Open(Layout(self.name)))
            return
        if not self.open:
            return
        table = self.open[-1]
        match tag:
            case "caption":
                self.in_caption = True
            case "thead":
                table.in_head = True
            case "tbody" | "tfoot":
                self._end_row(table)
                table.in_head = False
                table.breaks.add(len(table.layout.rows))
            case "tr":
                self._end_row(table)
                table.row, table.row_is_head = [], True
            case "td" | "th":
                self._end_cell(table)
                if table.row is None:
                    table.row, table.row_is_head = [], True
                table.text, table.bold, table.line = [], bool(_HEAVY.search(style)), self.getpos()[0]
                table.across, table.down = _span(given.get("colspan")), _span(given.get("rowspan"))
                if tag == "td" and not table.in_head:
                    table.row_is_head = False
            case "sup" | "sub" if table.text is not None:
                table.text.append("^{" if tag == "sup" else "_{")
                self.raised.append(tag)
            case "br" if table.text is not None:
                table.text.append(" ")
            case _ if tag in _BOLD or _HEAVY.search(style):
                table.bold = table.bold or table.text is not None

    def handle_endtag(self, tag: str) -> None:
        if self.hidden:
            if tag in self.hidden:
                while self.hidden.pop() != tag:
                    pass
            return
        if tag == "caption":
            self.in_caption = False
        if not self.open:
            return
        table = self.open[-1]
        match tag:
            case "table":
                self._end_row(table)
                self.open.pop()
                heads = table.heads or None
                sheet = table.layout.sheet("", table.caption.strip(), heads, table.breaks - {0, heads})
                if sheet:
                    self.sheets.append(sheet)
            case "thead":
                self._end_row(table)
                table.in_head = False
            case "tr":
                self._end_row(table)
            case "td" | "th":
                self._end_cell(table)
            case "sup" | "sub" if self.raised and table.text is not None:
                self.raised.pop()
                table.text.append("}")

    def handle_data(self, data: str) -> None:
        if self.hidden or not self.open:
            return
        table = self.open[-1]
        if table.text is not None:
            table.text.append(data)
        elif self.in_caption:
            table.caption += data

    def _hide(self, tag: str) -> None:
        if len(self.hidden) < 1000:
            self.hidden.append(tag)

    def _end_cell(self, table: _Open) -> None:
        if table.text is None or table.row is None:
            return
        while self.raised:
            self.raised.pop()
            table.text.append("}")
        text = re.sub(r"[ \t\r\n]+", " ", "".join(table.text)).strip(" ")
        table.row.append(Raw(text, table.bold, table.across, table.down, table.line))
        table.text = None

    def _end_row(self, table: _Open) -> None:
        self._end_cell(table)
        if table.row:
            if (table.row_is_head or table.in_head) and table.heads == len(table.layout.rows):
                table.heads += 1
            table.layout.add(table.row)
        table.row = None


def _span(text: str | None) -> int:
    found = re.match(r"\s*([0-9]{1,6})", text or "")
    return max(1, int(found.group(1))) if found else 1


def read_html(text: str, name: str) -> list[Sheet]:
    """Read every table of a page, also one whose end tag is missing.

    Raises:
        InvalidEvidence: there are too many tables, or one is too large.
    """
    parser = _Tables(name)
    parser.feed(text)
    parser.close()
    while parser.open:
        parser.hidden.clear()
        parser.handle_endtag("table")
    return parser.sheets
