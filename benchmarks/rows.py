"""Take the cells of a row, or say which row is wrong, what was expected there and what came.

`where` names the row in messages: the benchmark and the row's id or index.
"""

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from benchmarks.card import Picture, Row
from benchmarks.errors import InvalidData


def _refuse(where: str, column: str, expected: str, came: object) -> InvalidData:
    return InvalidData(f"{where} has {column} {came!r}, expected {expected}")


def text_of(row: Row, column: str, where: str) -> str:
    """Return a text that is not blank.

    Raises:
        InvalidData: the cell is no text, or blank.
    """
    cell = row[column]
    if not isinstance(cell, str) or not cell.strip():
        raise _refuse(where, column, "a text that is not blank", cell)
    return cell


def picture_of(row: Row, column: str, where: str) -> Picture:
    """Return an image.

    Raises:
        InvalidData: the cell is empty.
    """
    cell = row[column]
    if not isinstance(cell, Picture):
        raise _refuse(where, column, "an image", cell)
    return cell


def options_of(cell: Any, column: str, where: str) -> tuple[str, ...]:
    """Return the options of a choice question, 1 to 26 texts.

    Raises:
        InvalidData: the cell is no list of texts, or empty, or too long for letters.
    """
    listed = isinstance(cell, Sequence) and not isinstance(cell, str)
    if not listed or not 0 < len(cell) <= len(ascii_uppercase) or not all(isinstance(one, str) for one in cell):
        raise _refuse(where, column, f"1 to {len(ascii_uppercase)} texts", cell)
    return tuple(cell)


def letter_at(index: Any, options: Sequence[str], where: str) -> str:
    """Return the letter of the option at `index`.

    Raises:
        InvalidData: the index is no whole number below the number of options.
    """
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(options):
        raise _refuse(where, "answer", f"a whole number below {len(options)}", index)
    return ascii_uppercase[index]


def letter_on_offer(letter: str, options: Sequence[str], where: str) -> str:
    """Return the letter if it belongs to an option.

    Raises:
        InvalidData: it does not.
    """
    letters = ascii_uppercase[: len(options)]
    if len(letter) != 1 or letter not in letters:
        raise _refuse(where, "answer", f"one of {', '.join(letters)}", letter)
    return letter


def texts_of(row: Row, column: str, where: str, count: int | None = None) -> tuple[str, ...]:
    """Return a list of texts that are not blank: at least one, or exactly `count`.

    Raises:
        InvalidData: the cell is no such list.
    """
    cell = row[column]
    listed = isinstance(cell, Sequence) and not isinstance(cell, str)
    if not listed or not cell or not all(isinstance(one, str) and one.strip() for one in cell):
        raise _refuse(where, column, "a list of texts that are not blank", cell)
    if count is not None and len(cell) != count:
        raise _refuse(where, column, f"a list of {count} texts", cell)
    return tuple(cell)


def name_of(row: Row, column: str, where: str) -> str:
    """Return what names a thing, a text or a whole number, as text.

    Raises:
        InvalidData: the cell is neither, or blank.
    """
    cell = row[column]
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    return text_of(row, column, where)
