"""Read what the cells of pictures hold, said in words, and lay those words out as token ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harness.data.records import stream
from harness.data.speech import Speech
from harness.errors import InvalidEvidence

NOTHING = -1

Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Contents:
    """Hold the words of each cell of one picture, row by row; `picture` is its file."""

    id: str
    picture: Path
    cells: tuple[tuple[str, ...], ...]


def read_cells(file: Path, pictures: Path) -> tuple[Contents, ...]:
    """Read a JSON list of {"id", "image", "cells": [[word, ...], ...]}.

    Words come as a tokenizer is to read them, with the blank that stands before them in a sentence.

    Raises:
        InvalidEvidence: the file holds no such records; the message names the first that is none.
    """
    return tuple(_contents(record, pictures, f"{file}, record {at}") for at, record in enumerate(stream(file)))


def _contents(record: Any, pictures: Path, where: str) -> Contents:
    try:
        name, picture, cells = str(record["id"]), pictures / record["image"], record["cells"]
    except (KeyError, TypeError) as error:
        raise InvalidEvidence(
            f"{where} does not say what cells hold, which the objective 'cells' learns from ({error!r}); expected id, "
            f"image and cells: {str(record)[:80]}"
        ) from error
    if not isinstance(cells, list) or not all(isinstance(cell, list) for cell in cells):
        raise InvalidEvidence(f"{where}, '{name}': expected a list of words for each cell, came {str(cells)[:80]}")
    for number, cell in enumerate(cells):
        if not all(isinstance(word, str) and word for word in cell):
            raise InvalidEvidence(f"{where}, '{name}': cell {number} holds {cell!r}, expected words")
    return Contents(name, picture, tuple(map(tuple, cells)))


def demand_cells(contents: Sequence[Contents], count: int) -> None:
    """Hold every picture to the number of cells that the projector has places for.

    Raises:
        InvalidEvidence: one has another number.
    """
    for one in contents:
        if len(one.cells) != count:
            raise InvalidEvidence(
                f"{one.picture}, '{one.id}', is said to have {len(one.cells)} cells; the recipe's grid has {count}"
            )


def token_ids(pictures: Sequence[Cells], speech: Speech, width: int = 0) -> Tensor:
    """Return the ids of the words of all cells (pictures, cells, W), `NOTHING` where there is none.

    W is the largest number of tokens in a cell, or `width` where that is more.
    """

    @cache
    def tokens(word: str) -> tuple[int, ...]:
        return tuple(speech.tokenizer.encode(word, add_special_tokens=False))

    spelled = [[[token for word in cell for token in tokens(word)] for cell in cells] for cells in pictures]
    longest = max([width, *(len(cell) for cells in spelled for cell in cells)])
    return torch.tensor([[cell + [NOTHING] * (longest - len(cell)) for cell in cells] for cells in spelled])
