"""Draw changes of marks: independent ones, ones that take whole images, and half of each; whole marks or parts."""

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
