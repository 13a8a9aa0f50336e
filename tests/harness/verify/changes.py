"""Make runs and their changes for tests of the statistics."""

from collections.abc import Sequence

import numpy as np

from harness.verify.moved import Moved, of_marks
from tests.harness.nouns import marks, samples


def flips(n: int, gained: int, lost: int, a_cluster: int = 1):
    """Make two runs of n answers with these flips, the first ones lost, the last ones gained."""
    asked = samples(n, a_cluster)
    before = [1.0] * (n - gained) + [0.0] * gained
    after = [0.0] * lost + [1.0] * (n - lost)
    return asked, marks(asked, before), marks(asked, after)


def changed(by_cluster: np.ndarray | Sequence[Sequence[float]]) -> Moved:
    """Make the split of a plain mean whose marks changed so, one row a cluster."""
    change = np.asarray(by_cluster, float)
    clusters = np.repeat(np.arange(len(change)), change.shape[1])
    return of_marks(np.zeros(change.size), change.ravel(), clusters)
