"""Hold the operators that mask against each other: zeros, an encoder's mean token, noise of its moments, any other.

A zero is a token that the model never saw in training, so part of what masking by zeros takes away may be the shock and
not the encoder (arXiv 2507.03262 names that limit of its own choice). An operator that stays inside the distribution of
tokens does not have that part; where two operators put the encoders in one order, the order is not the operator's.

Each operator has its Conditional Utilization Rate, its Information Gap, its floor (every encoder masked) and Kendall's
tau of its rates with those of the operator that the other measures use. All share the retrained scores and the draws of
the questions.
"""

from collections.abc import Sequence
from typing import Any

from harness.analyse.by_encoder import along, nested
from harness.analyse.cells import BLIND
from harness.analyse.conditional_utilization import conditional_utilization
from harness.analyse.information_gap import information_gap
from harness.analyse.lattice import Lattice
from harness.analyse.masks import Values
from harness.analyse.rankings import agreement
from harness.analyse.replicates import Draws, draw

Plain = dict[str, Any]
MEAN = 0


def by_operator(lattice: Lattice, draws: Draws, seed: int) -> Plain:
    """Return each operator's measures, that of the lattice's own first, and none where nothing is masked."""
    own = draws.scores["masked"]
    if not lattice.known("masked")[:-1].any():
        return {}
    rates = conditional_utilization(own)[:, MEAN]
    found = {lattice.operator: _measures(lattice, own, rates, draws.columns)}
    for name, other in lattice.others.items():
        if name != BLIND:
            found[name] = _measures(other, _drawn(other, draws, seed), rates, draws.columns)
    return found


def without_picture(lattice: Lattice, draws: Draws, seed: int) -> Plain | None:
    """Return what the full model scores when it is asked without any picture, None where the table does not say."""
    other = lattice.others.get(BLIND)
    return along(_drawn(other, draws, seed)[:, :, 0], draws.columns) if other else None


def _drawn(other: Lattice, draws: Draws, seed: int) -> Values:
    """Draw another operator's views as often as the lattice's own, from the same seed."""
    return draw(other, draws.scores["masked"].shape[0] - 1, seed).scores["masked"]


def _measures(lattice: Lattice, masked: Values, rates_of_own: Values, columns: Sequence[str]) -> Plain:
    rates = conditional_utilization(masked)
    return {
        "conditional_utilization_rate": nested(rates, lattice.pool, columns),
        "information_gap": information_gap(rates[:, MEAN]).plain(),
        "all_masked": along(masked[:, :, 0], columns),
        "agreement": agreement(rates_of_own, rates[:, MEAN]).plain(),
    }
