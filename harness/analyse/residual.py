"""Ask whether effective rank explains the score that the number of parameters leaves unexplained.

With y the scores of the subsets, p their (log) parameters and r their rank:

    base:  y = a + b p          full:  y = a + b p + c r

- *partial R^2*: the share of the base's squared error that the full model takes away, in sample;
- *cross-validated R^2*: the same with each subset predicted by a fit on the others (PRESS: Allen, Technometrics 1974),
  so it is negative where rank predicts worse than leaving it out;
- *p*: permutations of the base's residuals (Freedman and Lane, JBES 1983), with the partial R^2 as statistic; never 0.

arXiv 2606.03879 states that rank explains this residual; its form of regression, its points and its statistic are not
public. 31 points that share five encoders are few, so the sentence below says plainly when nothing shows; and the
subsets are not independent of each other, which a permutation of subsets does not know.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse.masks import Values
from harness.errors import InvalidEvidence

PERMUTATIONS = 9999
SIGNIFICANT = 0.05
FEWEST_POINTS = 6


@dataclass(frozen=True, slots=True)
class Residual:
    """Hold the regression: slope in points per unit of rank, the R^2s, p, the points and what may be said."""

    points: int
    slope: float
    partial_r2: float
    cross_validated_r2: float
    p_value: float
    says: str

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


def residual(scores: Values, parameters: Values, ranks: Values, seed: int = 0) -> Residual:
    """Regress scores (P) on parameters (P) and ranks (P); points where one of the three is NaN play no part.

    Raises:
        InvalidEvidence: fewer than six points, or ranks that the parameters determine (or constant ones).
    """
    there = np.isfinite(scores) & np.isfinite(parameters) & np.isfinite(ranks)
    y, p, r = (side[there] for side in (scores, parameters, ranks))
    if len(y) < FEWEST_POINTS:
        raise InvalidEvidence(
            f"a residual needs {FEWEST_POINTS} subsets with score, parameters and rank; {len(y)} came"
        )
    # Standardised columns: parameters in millions and ranks below one would else be ill-conditioned together.
    base = np.column_stack([np.ones(len(y)), _standard(p)])
    whole = np.column_stack([base, _standard(r)])
    if np.linalg.matrix_rank(whole) == np.linalg.matrix_rank(base):
        raise InvalidEvidence("the ranks follow from the parameters (or never change): they have no part of their own")
    fitted = base @ np.linalg.pinv(base) @ y
    left = y - fitted
    partial = _partial(base, whole, left)
    generator = np.random.default_rng(seed)
    permuted = generator.permuted(np.broadcast_to(left, (PERMUTATIONS, len(y))), axis=1)
    p_value = (1 + int((_partial(base, whole, permuted) >= partial - 1e-12).sum())) / (1 + PERMUTATIONS)
    base_press, press = _press(base, y), _press(whole, y)
    crossed = 1 - press / base_press if base_press > 0 else 0.0
    slope = float((np.linalg.pinv(whole) @ y)[-1] / r.std())
    return Residual(
        len(y), slope, float(partial), crossed, p_value, _sentence(len(y), float(partial), crossed, p_value)
    )


def _standard(values: Values) -> Values:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)


def _partial(base: Values, whole: Values, y: Values) -> Values:
    """Return the share of the base's squared error that the whole takes away, for each row of y; 0 where none is."""
    errors = []
    for design in (base, whole):
        left = y - y @ (design @ np.linalg.pinv(design)).T
        errors.append((left**2).sum(axis=-1))
    floor = 1e-20 * (1 + (y**2).sum(axis=-1))
    return np.where(errors[0] > floor, 1 - errors[1] / np.maximum(errors[0], floor), 0.0)


def _press(design: Values, y: Values) -> float:
    """Return the squared errors of leaving each point out: each residual divided by 1 - its leverage."""
    hat = design @ np.linalg.pinv(design)
    return float((((y - hat @ y) / np.maximum(1 - np.diag(hat), 1e-12)) ** 2).sum())


def _sentence(points: int, partial: float, crossed: float, p_value: float) -> str:
    shown = f"{points} subsets, partial R^2 {partial:.2f}, cross-validated {crossed:+.2f}, p = {p_value:.3g}"
    if p_value > SIGNIFICANT:
        return f"no relation of rank and residual score is shown: {shown}"
    if crossed <= 0:
        return f"rank goes with the residual score in these subsets, but does not predict a subset left out: {shown}"
    return f"rank goes with the residual score, and predicts subsets left out: {shown}"
