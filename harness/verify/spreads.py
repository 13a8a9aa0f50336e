"""Measure how far repeated trainings lie apart, pooled over models: what a calibration writes and a verdict reads.

Apart from `replicates`, which every verdict loads: the test that models spread alike brings all of `scipy.stats`, half
a second that only a calibration needs.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy import stats

from harness.errors import InvalidEvidence
from harness.verify.replicates import Spread


def pooled_spread(groups: Sequence[Sequence[float]]) -> Spread:
    """Pool the variance within groups of repeated runs: s^2 = sum of squares within / f, f = sum of (runs - 1).

    Raises:
        InvalidEvidence: no group has two runs, or a score is no number.
    """
    repeated = [np.asarray(group, float) for group in groups if len(group) > 1]
    freedom = sum(len(group) - 1 for group in repeated)
    if not freedom or not all(np.isfinite(group).all() for group in repeated):
        raise InvalidEvidence("a spread between runs needs a model that was run twice, and every run must have a score")
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in repeated)
    testable = [group for group in repeated if len(group) > 2 and np.ptp(group)]
    alike = float(stats.levene(*testable, center="median").pvalue) if len(testable) > 1 else None
    return Spread(sqrt(within / freedom), freedom, alike)
