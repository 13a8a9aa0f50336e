"""Open a file as tables: its ending or, failing that, its content says which reader is asked.

Refusals are errors with an exit code: 2 for a path that is none, 40 for bytes that are no text, too many, or no table.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.audit.read_csv import read_csv
from harness.audit.read_html import read_html
from harness.audit.read_latex import read_latex
from harness.audit.read_markdown import read_markdown
from harness.audit.sheet import MOST_BYTES, Sheet
from harness.errors import InvalidEvidence, UsageError

_CONTROLS = {code: " " for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F)) if code not in (9, 10)}
Reader = Callable[[str, str], list[Sheet]]
ENDINGS: dict[str, Reader] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), read_csv),
    **dict.fromkeys((".md", ".markdown"), read_markdown),
    **dict.fromkeys((".tex", ".ltx"), read_latex),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_html),
}


def read(path: Path) -> list[Sheet]:
    """Read the tables of a file.

    Raises:
        UsageError: there is no such file.
        InvalidEvidence: it is too large, no text, or holds no table.
    """
    if not path.is_file():
        raise UsageError(f"no file {path}: expected a table as CSV, Markdown, LaTeX or HTML")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise InvalidEvidence(f"{path} has {size:,} bytes; a table for people has at most {MOST_BYTES:,}")
    return tables_of(decoded(path.read_bytes(), str(path)), path.name)


def tables_of(text: str, name: str) -> list[Sheet]:
    """Read the tables of a text; `name` gives the ending and stands in refusals.

    Raises:
        InvalidEvidence: the text holds no table, or one that is too large.
    """
    reader = _reader(text, name)
    sheets = [sheet for sheet in reader(text, name) if len(sheet.rows) > 1 and sheet.width > 1]
    if not sheets:
        raise InvalidEvidence(
            f"{name}: no table found. Expected a CSV with a header line, a Markdown pipe table, a LaTeX tabular or an "
            "HTML table, with at least two rows and two columns"
        )
    return [
        replace(sheet, name=f"table {number}" if len(sheets) > 1 else "table")
        for number, sheet in enumerate(sheets, start=1)
    ]


def decoded(data: bytes, name: str) -> str:
    """Read bytes as UTF-8, or as UTF-16 where a byte-order mark says so.

    Raises:
        InvalidEvidence: the bytes are no such text.
    """
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidEvidence(f"{name} is no UTF-8 text ({error}); save it as UTF-8 and audit it again") from error
    if "\0" in text:
        raise InvalidEvidence(f"{name} holds zero bytes: it is no text, or it is damaged")
    # Control characters could paint a terminal; no table needs them.
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _reader(text: str, name: str) -> Reader:
    reader = ENDINGS.get(Path(name).suffix.lower())
    if reader is not None and reader is not read_csv:
        return reader
    if re.search(r"\\begin\s*\{(?:tabular|longtable|array|tblr|NiceTabular|xltabular|tabulary)", text):
        return read_latex
    if re.search(r"<table[\s>]", text, re.IGNORECASE):
        return read_html
    if re.search(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t|:-]*$", text, re.MULTILINE):
        return read_markdown
    return read_csv
