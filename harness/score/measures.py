"""Define the measures of the two papers once, for every kind of number that is asked for them.

With S(A) the score of the encoders A, F the full set and i one encoder:

    Necessity  N(i) = S(F) - S(F without i)              points; arXiv 2606.03879, abstract; both retrained
    CUR        u(i) = (S(F) - S(F without i)) / S(F)     a share, at most 1; arXiv 2507.03262; encoder i masked
    IG              = max over i of u(i) - min over j of u(j)                the same

Capacity, C(i) = S({i}), needs no arithmetic. The numbers may be floats, arrays of them (`harness.analyse`) or exact
intervals that stand for printed digits (`harness.audit`): whatever can be subtracted and divided.
"""

from typing import Any, Protocol


class Amount(Protocol):
    """Stand for a number, an array or an interval."""

    def __sub__(self, other: Any, /) -> Any: ...

    def __rsub__(self, other: Any, /) -> Any: ...

    def __truediv__(self, other: Any, /) -> Any: ...


def necessity(full: Amount, without: Amount) -> Any:
    """Return S(F) - S(F without i), in the scores' unit."""
    return full - without


def utilization(full: Amount, without: Amount) -> Any:
    """Return (S(F) - S(F without i)) / S(F), a share; S(F) must be positive.

    Reckoned as 1 - S(F without i) / S(F), in which S(F) stands once: an interval would else be too wide.
    """
    return 1 - without / full


def information_gap(largest: Amount, smallest: Amount) -> Any:
    """Return the largest rate less the smallest, in the rates' unit."""
    return largest - smallest
