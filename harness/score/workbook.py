"""Read the first sheet of an Office Open XML workbook (.xlsx) as rows of text: no macro, formula or link is followed.

Only two members of the archive are opened, the shared texts and the first sheet; of a formula the stored result is
read. What they unpack to is bounded before it is parsed.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from harness.errors import InvalidEvidence

LARGEST = 256 * 2**20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Walk the rows of the first sheet with their numbers; an absent cell is an empty text.

    Raises:
        InvalidEvidence: the file is no such workbook, is too large, or is broken; the message says where.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename: info.file_size for info in archive.infolist()}
            sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", name))
            if not sheets:
                raise InvalidEvidence(f"{path} holds no sheet; expected a workbook (.xlsx)")
            for name in ("xl/sharedStrings.xml", sheets[0]):
                if names.get(name, 0) > LARGEST:
                    raise InvalidEvidence(f"{path}: {name} has {names[name]:,} bytes; at most {LARGEST:,} are read")
            shared: list[str] = []
            if "xl/sharedStrings.xml" in names:
                with archive.open("xl/sharedStrings.xml") as stream:
                    shared = [_text(it) for _, it in ElementTree.iterparse(stream) if it.tag == f"{_MAIN}si"]
            with archive.open(sheets[0]) as stream:
                for _, element in ElementTree.iterparse(stream):
                    if element.tag == f"{_MAIN}row":
                        yield int(element.get("r") or 0), _row(element, shared)
                        element.clear()
    except (zipfile.BadZipFile, ElementTree.ParseError, ValueError, IndexError, EOFError, RuntimeError) as error:
        raise InvalidEvidence(f"{path} is no readable workbook (.xlsx): {error}") from error


def _row(element: ElementTree.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in element.iter(f"{_MAIN}c"):
        place = _column(cell.get("r") or "") if cell.get("r") else len(cells)
        if place >= 16_384:
            raise ValueError(f"column {place} is beyond the widest sheet")
        cells += [""] * (place + 1 - len(cells))
        value = cell.find(f"{_MAIN}v")
        kind = cell.get("t")
        if kind == "s" and value is not None:
            cells[place] = shared[int(value.text or "")]
        elif kind == "inlineStr":
            cells[place] = _text(cell)
        elif value is not None:
            cells[place] = _unescaped(value.text or "") if kind == "str" else (value.text or "")
    return cells


def _text(element: ElementTree.Element) -> str:
    # Phonetic guides (rPh) stand beside the text and are no part of it.
    guides = {id(text) for guide in element.iter(f"{_MAIN}rPh") for text in guide.iter(f"{_MAIN}t")}
    return _unescaped("".join(it.text or "" for it in element.iter(f"{_MAIN}t") if id(it) not in guides))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _column(name: str) -> int:
    """Return the place of a column from a cell's name: A1 is 0, AB7 is 27."""
    place = 0
    for letter in name.rstrip("0123456789"):
        place = 26 * place + ord(letter.upper()) - ord("A") + 1
    return place - 1
