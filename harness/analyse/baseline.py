"""Say what the empty subset scores, since no model has no encoder: a named choice, the same for all columns.

In this order: the table's own row `none`; the blind baseline, the score without a picture; the level of guessing, from
the table or from the benchmarks' cards; and 0 points where nothing is known. A masked view's own floor, every encoder
masked, stands in the table as `none` kept of the full set.
"""

from typing import Literal

import numpy as np

from benchmarks.errors import UnknownName
from benchmarks.table import find
from harness.analyse.lattice import Lattice, View
from harness.analyse.masks import Values
from harness.analyse.replicates import Draws

Origin = Literal[
    "the table's row 'none'", "the blind baseline", "the chance level", "0 points, as no baseline is known"
]


def with_baseline(lattice: Lattice, draws: Draws, view: View) -> tuple[Values, Origin]:
    """Return the draws of a view with mask 0 filled on every column, and what fills it; baselines have no noise."""
    scores = draws.scores[view]
    if np.isfinite(scores[0, :, 0]).all():
        return scores, "the table's row 'none'"
    values, origin = _known(lattice)
    filled = scores.copy()
    for place, column in enumerate(lattice.columns):
        filled[:, place, 0] = values[list(column.members)].mean()
    return filled, origin


def _known(lattice: Lattice) -> tuple[Values, Origin]:
    if np.isfinite(lattice.blind).all():
        return lattice.blind, "the blind baseline"
    chance = np.where(
        np.isfinite(lattice.chance), lattice.chance, np.array([_of_card(name) for name in lattice.benchmarks])
    )
    if np.isfinite(chance).all():
        return chance, "the chance level"
    return np.zeros(len(lattice.benchmarks)), "0 points, as no baseline is known"


def _of_card(benchmark: str) -> float:
    """Return a card's chance level on 0-100, NaN where it depends on the questions or there is no card."""
    try:
        card = find(benchmark)
    except UnknownName:
        return float("nan")
    return float("nan") if card.chance is None else card.chance / card.column.per_suite_point
