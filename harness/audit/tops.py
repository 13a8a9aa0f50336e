"""Settle what the value of full marks is in a column, from the cells themselves: 1, 100, or the benchmark's own scale.

The middle value decides, so that one slipped cell cannot. MME perception is printed as a sum (2000) or divided by 20
(100), OCRBench as a count (1000) or divided by 10 (100), every rate in percent (100) or as a share (1).
"""

from collections.abc import Sequence
from fractions import Fraction

from harness.audit.table import Meaning


def candidates(meaning: Meaning) -> tuple[int, ...]:
    """List the scales on which a column is printed, small ones first."""
    known = meaning.benchmark or meaning.neighbour
    if known is None or known.published_max in (100, 200):
        return (1, 100)
    return (1, 100, known.published_max)


def settle(meaning: Meaning, values: Sequence[Fraction], percent: bool = False) -> int:
    """Return the smallest scale that holds the middle value.

    A column of zeros and ones only is on 0-100: nobody prints shares without decimals.
    """
    if not values or percent:
        return 100 if percent else candidates(meaning)[-1]
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    for top in candidates(meaning):
        if middle <= top and not (top == 1 and all(value.denominator == 1 for value in values)):
            return top
    return candidates(meaning)[-1]
