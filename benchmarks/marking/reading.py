"""Hold what a marking rule made of one answer."""

from typing import NamedTuple


class Reading(NamedTuple):
    """Give the value in [0, 1], what was read (None: unparsed) and the rule that fired.

    A NamedTuple and not a dataclass: it is made hundreds of thousands of times a second.
    """

    value: float
    extracted: str | None
    rule: str


UNPARSED_EMPTY = Reading(0.0, None, "empty")
"""Stands for an answer without any visible character."""

JUDGE = Reading(0.0, None, "judge")
"""Stands for an answer that upstream hands to a judge model."""
