"""Count subsets by bit masks: bit i is set where the pool's i-th encoder is a member, so 0 is the empty subset.

Every measure takes scores whose last axis has 2^n places, one for each mask; the axes before it (replicates, columns)
are its caller's.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Places = NDArray[np.intp]


def pool_size(scores: Values) -> int:
    """Return n of an array whose last axis has 2^n places."""
    n = int(scores.shape[-1]).bit_length() - 1
    assert scores.shape[-1] == 2**n, scores.shape
    return n


def full(n: int) -> int:
    """Return the mask of the whole pool."""
    return 2**n - 1


def singles(n: int) -> Places:
    """Return the masks of the n single encoders, in pool order."""
    return 1 << np.arange(n)


def without_each(n: int) -> Places:
    """Return the masks of the n sets that lack one encoder, in pool order."""
    return full(n) ^ singles(n)


def sizes(n: int) -> Places:
    """Return the number of members of every mask."""
    masks = np.arange(2**n)
    return ((masks[:, None] >> np.arange(n)) & 1).sum(axis=1)


def of_size(n: int, size: int) -> Places:
    """Return the masks of one size, in rising order."""
    return np.flatnonzero(sizes(n) == size)


def written(mask: int, pool: Sequence[str]) -> str:
    """Write a mask as `clip+sam`, the empty one as `none`."""
    return "+".join(name for place, name in enumerate(pool) if mask >> place & 1) or "none"
