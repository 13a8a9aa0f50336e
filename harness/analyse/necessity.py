"""Take Necessity: what the full pool loses when an encoder is removed and the rest is trained again.

    N(i) = S(F) - S(F without i)               points of 100
    N(i) / S(F), the relative form             a share of the full score

Source: arXiv 2606.03879, abstract ("the drop when it is removed from the full pool"), which does not say whether it is
relative; so both are given. Unlike the Conditional Utilization Rate, both scores are of retrained models.
"""

import numpy as np

from harness.analyse import masks
from harness.analyse.masks import Values
from harness.score import measures


def necessity(scores: Values) -> Values:
    """Return N of every encoder, (..., n), in points, from retrained scores (..., 2^n)."""
    return measures.necessity(scores[..., -1:], scores[..., masks.without_each(masks.pool_size(scores))])


def relative(scores: Values) -> Values:
    """Return N(i) / S(F) of every encoder, (..., n), NaN where the full score is not positive."""
    full = np.where(scores[..., -1:] > 0, scores[..., -1:], np.nan)
    return measures.utilization(full, scores[..., masks.without_each(masks.pool_size(scores))])
