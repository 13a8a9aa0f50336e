"""Keep the labels of training and test pictures apart, with every letter on both sides and in both places."""

from typing import Literal

Split = Literal["train", "test"]

LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ"
"""Capitals that the bitmap font draws far apart; I, O, Q and W are left out."""

_PAIRS = tuple(first + second for first in LETTERS for second in LETTERS if first != second)

LABELS: dict[Split, tuple[str, ...]] = {
    "train": tuple(pair for index, pair in enumerate(_PAIRS) if index % 5 != 2),
    "test": tuple(pair for index, pair in enumerate(_PAIRS) if index % 5 == 2),
}
"""Two-letter labels; every fifth pair is a test label."""
