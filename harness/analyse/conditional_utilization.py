"""Take the Conditional Utilization Rate: the share of the full model's score that is lost when an encoder is masked.

    u(i) = (S(F) - S(F without i)) / S(F),  S(F without i) the full model's score with encoder i masked

A share in (-inf, 1]: above 0 the encoder adds what no other gives, about 0 it is redundant, below 0 it harms. Since
S(F) holds the level of guessing, u cannot reach 1 where guessing scores; the floor-corrected form divides by what the
encoders add to the floor instead, (S(F) - S(F without i)) / (S(F) - floor).

Source: arXiv 2507.03262, project page. A zero or negative S(F), or one at the floor, leaves u undefined: NaN.
"""

import numpy as np

from harness.analyse import masks
from harness.analyse.masks import Values
from harness.score import measures


def conditional_utilization(scores: Values) -> Values:
    """Return u of every encoder, (..., n), from masked views of one model (..., 2^n)."""
    full = np.where(scores[..., -1:] > 0, scores[..., -1:], np.nan)
    return measures.utilization(full, scores[..., masks.without_each(masks.pool_size(scores))])


def above_floor(scores: Values, floor: Values) -> Values:
    """Return the floor-corrected rate, (..., n); `floor` is (...), the score with every encoder masked or blind."""
    without = scores[..., masks.without_each(masks.pool_size(scores))]
    added = scores[..., -1:] - floor[..., None]
    return measures.necessity(scores[..., -1:], without) / np.where(added > 0, added, np.nan)
