"""Draw changes of marks: independent ones, ones that take whole images, and half of each; whole marks or parts.

`draw` draws for every answer; `scattered` draws only where something flips, for tables of millions of answers.
"""

from typing import Literal

import numpy as np

from harness.verify.moved import Moved, of_marks

Together = Literal["single", "half", "whole"]
PARTS = 10
MEAN_PART = (1 + 1 / PARTS) / 2


def draw(
    rng: np.random.Generator,
    clusters: int,
    size: int,
    rate: float,
    shift: float,
    together: Together = "single",
    graded: bool = False,
) -> Moved:
    """Draw the changes of one re-run: a share `rate` of the marks flips, the score shifts by 100 x `shift` points.

    Graded marks change by 1 to 10 tenths, so they move `MEAN_PART` of that shift.
    """
    up, down = (rate + shift) / 2, (rate - shift) / 2

    def signs(shape: tuple[int, ...], share: float) -> np.ndarray:
        drawn = rng.random(shape)
        return np.where(drawn < share * up, 1.0, np.where(drawn < share * (up + down), -1.0, 0.0))

    # What a whole image's flip covers cannot flip alone; the rest makes up for it, so that rate and shift are kept.
    alone = signs((clusters, size), {"single": 1.0, "half": 0.5 / (1 - rate / 2), "whole": 0.0}[together])
    shared = signs((clusters, 1), {"single": 0.0, "half": 0.5, "whole": 1.0}[together])
    change = np.where(shared != 0, shared, alone)
    if graded:
        change = change * rng.integers(1, PARTS + 1, change.shape) / PARTS
    return of_marks(np.zeros(change.size), change.ravel(), np.repeat(np.arange(clusters), size))


def scattered(rng: np.random.Generator, clusters: int, size: int, rate: float) -> Moved:
    """Draw what `draw` draws for graded marks without a shift that flip half by image, at a cost of the flips alone."""
    changes = np.zeros((clusters, size))
    # Where a whole image flips nothing flips alone; as in `draw`, the rest makes up for it.
    alone = _some(rng, clusters * size, 0.5 * rate / (1 - rate / 2))
    changes.flat[alone] = rng.choice((-1.0, 1.0), len(alone))
    shared = _some(rng, clusters, rate / 2)
    changes[shared] = rng.choice((-1.0, 1.0), len(shared))[:, None]
    flipped = np.flatnonzero(changes)
    changes.flat[flipped] *= rng.integers(1, PARTS + 1, len(flipped)) / PARTS
    net, count = changes.sum(axis=1), changes.size
    point, gained = 100.0 / count, int((changes > 0).sum())
    return Moved(
        points=point * net,
        sizes=np.full(clusters, float(size)),
        net=net,
        squares=(changes**2).sum(axis=1),
        answer_points=point,
        cluster_points=point * size,
        gained=gained,
        lost=len(flipped) - gained,
    )


def _some(rng: np.random.Generator, count: int, rate: float) -> np.ndarray:
    return rng.choice(count, rng.binomial(count, rate), replace=False, shuffle=False)
