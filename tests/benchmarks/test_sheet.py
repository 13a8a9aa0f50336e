import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import InvalidData
from benchmarks.sheet import LONGEST_CELL, workbook

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(written: bytes) -> list[list[str | int]]:
    """Read a workbook as a spreadsheet would."""
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return [[_value(cell) for cell in row] for row in sheet.iter(f"{MAIN}row")]


def _value(cell: ElementTree.Element) -> str | int:
    if cell.get("t") != "inlineStr":
        return int(cell.findtext(f"{MAIN}v", ""))
    written = cell.findtext(f"{MAIN}is/{MAIN}t", "")
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), written)


@given(rows=st.lists(st.lists(st.one_of(st.integers(0, 10**12), st.text()), max_size=4), max_size=4))
def test_what_is_written_is_read_back(rows):
    assert read(workbook(rows)) == rows


def test_odd_characters_and_texts_that_look_like_escapes_survive():
    row = ["a\0b", "_x0041_", "\ud800", " <b>&amp; ", "\r\n\t", "=1+1", "\u202e"]
    assert read(workbook([row])) == [row]


def test_the_same_rows_give_the_same_bytes():
    assert workbook([["a", 1]]) == workbook([["a", 1]])


def test_every_part_of_the_archive_is_well_formed():
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_a_text_too_long_for_a_cell_is_refused():
    workbook([["a" * LONGEST_CELL]])
    with pytest.raises(InvalidData, match="at most 32,767 characters"):
        workbook([["a" * (LONGEST_CELL + 1)]])
