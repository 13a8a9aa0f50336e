"""Tell how much every subset of encoders can read out together, by one linear map each, from second moments alone.

For the features z (F channels, those of each encoder side by side), the targets y (K) and m fitted rows,

    W_S = (Z_S' Z_S + l m I)^-1 Z_S' (Y - mean Y),  Z standardised over the fitted rows
    R^2(S) = 1 - SSE_S / SST

with both sums over all K channels of rows that were held out, SST about their own mean. 1: all of it is read out; 0: no
more than the mean; below 0: worse than that. Equal features twice say nothing new; features that are new add.

Standardising, fitting and the held-out error need means and centred second moments only, so the pictures are seen once,
a subset solves on its own rows and columns of one Gram matrix, and 2^n - 1 subsets cost 2^n - 1 small solves: memory
O(F^2 + F K) in float64, no draw. Blocks are merged as in `effective_rank.py`.

Linear probes: Alain and Bengio, arXiv 1610.01644. Ridge: Hoerl and Kennard, Technometrics 1970.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

from harness.analyse import masks
from harness.analyse.masks import Values
from harness.errors import InvalidEvidence

RIDGE = 1e-3
"""l, that of the probes that the shared encoders are examined with (harness/train/readout.py)."""
STILL = 1e-6
"""Least deviation of a feature, for those that never vary."""
FEWEST_ROWS = 2


class Moments:
    """Gather rows of features (m, F) with their targets (m, K): counts, means and centred second moments.

    `scatter` is (F, F), `cross` (F, K) and `total` the sum of squares of the targets about their mean.
    """

    def __init__(self, channels: int, targets: int):
        self.rows, self.total = 0, 0.0
        self.mean, self.target_mean = np.zeros(channels), np.zeros(targets)
        self.scatter, self.cross = np.zeros((channels, channels)), np.zeros((channels, targets))

    def add(self, features: NDArray[np.floating], targets: NDArray[np.floating]) -> None:
        """Add a block of rows; one without rows adds nothing.

        Raises:
            InvalidEvidence: the block has other widths, unlike lengths, or a value that is no finite number.
        """
        shapes = (len(targets), len(self.mean)), (len(features), len(self.target_mean))
        if (features.shape, targets.shape) != shapes:
            raise InvalidEvidence(
                f"features {features.shape} and targets {targets.shape} came; expected as many rows of each, of "
                f"{len(self.mean)} and {len(self.target_mean)} channels"
            )
        if not len(features):
            return
        own = Moments(len(self.mean), len(self.target_mean))
        z, y = features.astype(np.float64), targets.astype(np.float64)
        for what, values in (("feature", z), ("target", y)):
            if not np.isfinite(values).all():
                row, channel = np.argwhere(~np.isfinite(values))[0]
                raise InvalidEvidence(
                    f"the {what} of row {self.rows + int(row):,}, channel {int(channel):,} is {values[row, channel]}; "
                    "a readout needs finite numbers"
                )
        own.rows, own.mean, own.target_mean = len(z), z.mean(axis=0), y.mean(axis=0)
        z, y = z - own.mean, y - own.target_mean
        own.scatter, own.cross, own.total = z.T @ z, z.T @ y, float((y**2).sum())
        self.merge(own)

    def merge(self, other: "Moments") -> None:
        """Take in what others have gathered, as if their rows had come here.

        Raises:
            InvalidEvidence: they have other widths.
        """
        if other.cross.shape != self.cross.shape:
            raise InvalidEvidence(
                f"moments of {other.cross.shape} channels cannot join those of {self.cross.shape}, features and targets"
            )
        together = self.rows + other.rows
        if not together:
            return
        apart, targets_apart = other.mean - self.mean, other.target_mean - self.target_mean
        weight = self.rows * other.rows / together
        self.scatter += other.scatter + weight * np.outer(apart, apart)
        self.cross += other.cross + weight * np.outer(apart, targets_apart)
        self.total += other.total + weight * float(targets_apart @ targets_apart)
        self.mean += apart * (other.rows / together)
        self.target_mean += targets_apart * (other.rows / together)
        self.rows = together


def readable(fit: Moments, held: Moments, channels: Mapping[str, int], ridge: float = RIDGE) -> dict[str, float]:
    """Return the R^2 of every subset, small ones first, by its members joined with a plus.

    `channels` says in order how many columns of the features are each encoder's.

    Raises:
        InvalidEvidence: fewer than two rows on a side, other columns than the encoders', or targets that do not differ.
    """
    if sum(channels.values()) != len(fit.mean) or held.cross.shape != fit.cross.shape:
        raise InvalidEvidence(
            f"moments of {fit.cross.shape} and {held.cross.shape} channels, features and targets, came for encoders "
            f"of {sum(channels.values())} together"
        )
    if min(fit.rows, held.rows) < FEWEST_ROWS:
        raise InvalidEvidence(
            f"a readout needs {FEWEST_ROWS} rows to fit and to hold out; came {fit.rows} and {held.rows}"
        )
    if held.total <= 0:
        raise InvalidEvidence(f"the targets of the {held.rows:,} rows held out are all equal: nothing is to be told")
    pool = list(channels)
    owners = np.repeat(np.arange(len(pool)), list(channels.values()))
    return {
        masks.written(mask, pool): _held_out(fit, held, np.flatnonzero(mask >> owners & 1), ridge)
        for mask in in_order(len(pool))
    }


def in_order(n: int) -> Sequence[int]:
    """Return the masks of all subsets but the empty one, small ones first."""
    members = [held for size in range(1, n + 1) for held in combinations(range(n), size)]
    return [sum(1 << place for place in held) for held in members]


def _held_out(fit: Moments, held: Moments, own: NDArray[np.intp], ridge: float) -> float:
    """Fit on some columns and return the R^2 of the rows held out."""
    square = np.ix_(own, own)
    deviation = np.maximum(np.sqrt(np.diag(fit.scatter)[own] / (fit.rows - 1)), STILL)
    gram: Values = fit.scatter[square] / np.outer(deviation, deviation)
    gram[np.diag_indices_from(gram)] += ridge * fit.rows
    weights = solve(gram, fit.cross[own] / deviation[:, None], assume_a="pos") / deviation[:, None]
    # What the map is off by on average, and what it is off by around that.
    shift = held.target_mean - fit.target_mean - (held.mean - fit.mean)[own] @ weights
    explained = 2 * (weights * held.cross[own]).sum() - (weights * (held.scatter[square] @ weights)).sum()
    return float((explained - held.rows * (shift @ shift)) / held.total)
