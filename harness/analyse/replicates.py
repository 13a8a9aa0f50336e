"""Draw the lattice again 2,000 times, over questions and trainings at once, so that every measure gets an interval.

The first draw of every array is the table itself; a measure is a function of a draw, and its interval the 2.5 and 97.5
per cent points of its values over the others (a multiplier bootstrap: Mammen, Annals of Statistics 1993; normal
multipliers as in Kline and Santos, Journal of Econometric Methods 2012).

*Trainings, retrained view.* A training is one draw of the noise that its seed, order and machine make, over all
benchmarks together. With v the benchmarks' scores of one training of subset A, and m_A its seeds,
e = (v - mean_A) sqrt(m_A / (m_A - 1)) is one residual. The residuals of all subsets with two or more seeds are
pooled, P in all with nu = sum (m_A - 1) degrees of freedom: the noise is taken to be alike in every subset, so a subset
that was trained once has it too. A draw of subset A adds t x sum over p of (w_p e_p) / sqrt(P m_A), w_p standard
normal, and t = sqrt(nu / chi2_nu), which gives few seeds the wide tails of Student's distribution.

*Trainings, masked view.* All masks are views of the same m trainings of the full set, so a residual is a whole lattice.

*Questions.* Where the marks are known, a draw adds sum over clusters g of w_g part_g (`marks.py`) to every cell of a
benchmark with the same w_g, so models that answer the same questions err together. From a table of scores alone, an
independent normal error with the cell's standard error, averaged over seeds, which answer the same questions; this
makes the intervals of differences too wide rather than too narrow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.analyse.lattice import VIEWS, Lattice, View
from harness.analyse.masks import Values

REPLICATES = 2000
FEWEST_SEEDS = 2
CLUSTERS_A_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Draws:
    """Hold 1 + R draws x C columns x 2^n masks of scores for each view, and what the draws are made of."""

    scores: Mapping[View, Values]
    columns: tuple[str, ...]
    noise: str

    @property
    def are_noisy(self) -> bool:
        """Tell whether there is anything but the table itself."""
        return next(iter(self.scores.values())).shape[0] > 1


def draw(lattice: Lattice, count: int = REPLICATES, seed: int = 0) -> Draws:
    """Draw a lattice; without seeds and without standard errors there is the table alone, and no interval."""
    generator = np.random.default_rng(seed)
    words = [_training_words(lattice), _question_words(lattice)]
    noisy = any(word for word in words)
    count = count if noisy else 0
    found: dict[View, Values] = {}
    together = _of_shared_questions(lattice, count, generator)
    for view in VIEWS:
        centre = _mean_over_seeds(lattice.scores[view])
        noise = _of_trainings(lattice, view, count, generator) + _of_questions(lattice, view, count, generator)
        each = np.concatenate([centre[None], centre + noise + together[view]])
        found[view] = np.stack([each[..., list(column.members)].mean(axis=-1) for column in lattice.columns], axis=1)
    said = "; ".join(word for word in words if word)
    return Draws(
        found,
        tuple(column.name for column in lattice.columns),
        said or "no intervals: the table has neither a subset with two seeds nor standard errors",
    )


def _mean_over_seeds(scores: Values) -> Values:
    """Average the seeds that are there, NaN where there are none."""
    there = np.isfinite(scores)
    total = np.where(there, scores, 0.0).sum(axis=0)
    return np.where(there.any(axis=0), total / np.maximum(there.sum(axis=0), 1), np.nan)


def residuals(scores: Values) -> tuple[Values, int]:
    """Return the P x B residuals of K x 2^n x B scores, and their degrees of freedom; whole trainings only."""
    found, freedom = [], 0
    known = np.isfinite(scores).any(axis=(0, 1))
    for trainings in np.moveaxis(np.where(known, scores, 0.0), 1, 0):
        whole = trainings[np.isfinite(trainings[:, known]).all(axis=1)]
        if len(whole) >= FEWEST_SEEDS:
            found.append((whole - whole.mean(axis=0)) * np.sqrt(len(whole) / (len(whole) - 1)))
            freedom += len(whole) - 1
    return (np.concatenate(found) if found else np.zeros((0, scores.shape[-1]))), freedom


def _of_trainings(lattice: Lattice, view: View, count: int, generator: np.random.Generator) -> Values:
    scores = lattice.scores[view]
    shape = scores.shape[1:]
    if view == "masked":
        # One residual of the masked view is a whole lattice: the masks stand beside the benchmarks.
        pooled, freedom = residuals(np.where(lattice.known(view), scores, 0.0).reshape(len(scores), 1, -1))
        trainings = len(pooled)
        seeds = np.full(shape[0], trainings)
        pooled = pooled.reshape(len(pooled), *shape)
    else:
        pooled, freedom = residuals(scores)
        trainings = len(pooled)
        # w E and w' R with E = Q R are both normal with covariance E^T E, and R has at most B rows.
        pooled = np.asarray(np.linalg.qr(pooled, mode="r"), dtype=np.float64)
        seeds = np.isfinite(scores).any(axis=2).sum(axis=0)
        pooled = np.broadcast_to(pooled[:, None, :], (len(pooled), *shape))
    if not freedom:
        return np.zeros((count, *shape))
    tails = np.sqrt(freedom / generator.chisquare(freedom, count)) / np.sqrt(trainings)
    noise = np.empty((count, *shape))
    shared = generator.standard_normal((count, len(pooled)))
    for mask in range(shape[0]):
        # Subsets are trained apart, so each has multipliers of its own; views of one training share theirs.
        weights = shared if view == "masked" else generator.standard_normal((count, len(pooled)))
        noise[:, mask] = weights @ pooled[:, mask] * (tails / np.sqrt(max(1, seeds[mask])))[:, None]
    return noise


def _of_questions(lattice: Lattice, view: View, count: int, generator: np.random.Generator) -> Values:
    """Draw the errors of the benchmarks whose marks are not known."""
    errors = np.nan_to_num(_mean_over_seeds(lattice.errors[view]))
    errors[:, [place for place, name in enumerate(lattice.benchmarks) if name in lattice.parts]] = 0
    return generator.standard_normal((count, *errors.shape)) * errors


def _of_shared_questions(lattice: Lattice, count: int, generator: np.random.Generator) -> dict[View, Values]:
    """Draw the questions of the benchmarks whose marks are known, once for all cells of both views."""
    shape = lattice.scores["retrained"].shape[1:]
    noise: dict[View, Values] = {view: np.zeros((count, *shape)) for view in VIEWS}
    for name, parts in lattice.parts.items():
        place = lattice.benchmarks.index(name)
        for start in range(0, parts["retrained"].shape[1], CLUSTERS_A_BLOCK):
            block = slice(start, start + CLUSTERS_A_BLOCK)
            weights = generator.standard_normal((count, parts["retrained"][:, block].shape[1]))
            for view in VIEWS:
                noise[view][:, :, place] += weights @ parts[view][:, block].T
    return noise


def _training_words(lattice: Lattice) -> str:
    freedom = residuals(lattice.scores["retrained"])[1]
    if not freedom:
        return ""
    views = int(np.isfinite(lattice.scores["masked"][:, -1]).any(axis=1).sum()) - 1
    return (
        "trainings: spread between seeds, pooled over the subsets with two or more of them, "
        f"{freedom} degrees of freedom (masked views: {views})"
    )


def _question_words(lattice: Lattice) -> str:
    told = []
    if lattice.parts:
        told.append(f"questions: drawn together for all models on {len(lattice.parts)} benchmarks")
    others = [place for place, name in enumerate(lattice.benchmarks) if name not in lattice.parts]
    if any(np.isfinite(lattice.errors[view][..., others]).any() for view in VIEWS):
        told.append(
            "questions: standard errors of the table, taken as independent between models, so intervals of differences "
            "are too wide rather than too narrow"
        )
    return "; ".join(told)
