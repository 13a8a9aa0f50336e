"""Say what the ranks of the encoders tell: how they change, and whether they explain what parameters leave.

The residual is told for the default variant, which alone decides a statement, and beside it for every other variant
that the table of ranks holds: of many variants one may show something by luck, and the reader sees them all.
"""

from typing import Any

import numpy as np

from harness.analyse.cells import some
from harness.analyse.masks import Values
from harness.analyse.ranks import Ranks
from harness.analyse.residual import residual
from harness.analyse.traits import Traits
from harness.errors import InvalidEvidence

Plain = dict[str, Any]
NEEDED = "it needs parameters of every encoder and ranks: --encoders FILE.csv, --ranks FILE.csv"


def before_and_after(ranks: Ranks | None, why: Plain) -> Plain:
    """Return the ranks at each station and what changes; what lacks is named in `why`."""
    if ranks is None:
        why["effective_rank"] = "it needs trained models (harness ranks), or ranks taken of features: --ranks FILE.csv"
        return {"effective_rank": {}, "rank_change": {}, "pair_rank_change": {}, "rank_variant": None}
    found = ranks.plain()
    if lacking := [
        f"{name} {key}"
        for name, it in found["effective_rank"].items()
        for key, rank in it.items()
        if rank["value"] is None
    ]:
        why["effective_rank"] = f"the table of ranks lacks {some(lacking)}"
    return found


def residuals(scores: Values, traits: Traits | None, ranks: Ranks | None, why: Plain) -> Plain:
    """Return the residual of the scores (2^n) on rank, and that of every variant; what lacks is named in `why`."""
    if traits is None or "parameters" not in traits.values or not (ranks or "rank" in traits.values):
        why["residual"] = NEEDED
        return {"residual": None, "residual_by_variant": {}}
    there = np.where(np.arange(len(scores)) > 0, scores, np.nan)
    of_rank = ranks.of_subsets() if ranks else traits.of_subsets("rank")
    variants = {ranks.variant: of_rank} if ranks else {}
    variants |= {name: one.of_subsets() for name, one in ranks.others.items()} if ranks else {}
    own = _residual(there, traits, of_rank)
    if isinstance(own, str):
        why["residual"] = own
    told = {name: _residual(there, traits, values) for name, values in variants.items()}
    return {
        "residual": None if isinstance(own, str) else own,
        "residual_by_variant": {name: it for name, it in told.items() if not isinstance(it, str)},
    }


def _residual(scores: Values, traits: Traits, ranks: Values) -> Plain | str:
    try:
        return residual(scores, traits.log_parameters(), ranks).plain()
    except InvalidEvidence as error:
        return str(error)
