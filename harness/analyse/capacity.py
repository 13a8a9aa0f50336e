"""Take Capacity: the score that an encoder reaches on its own.

    C(i) = S({i})

Unit: the score's, points of 100. Source: arXiv 2606.03879, abstract ("the score an encoder reaches on its own"); that S
is a retrained score is its plain reading, the paper's table is not public.
"""

from harness.analyse import masks
from harness.analyse.masks import Values


def capacity(scores: Values) -> Values:
    """Return C of every encoder, (..., n), from retrained scores (..., 2^n)."""
    return scores[..., masks.singles(masks.pool_size(scores))]
