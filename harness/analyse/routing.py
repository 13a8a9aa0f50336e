"""Tell which single encoder is best for what, and what choosing it each time could gain at most.

    best(c)  = argmax over i of S_c({i})                             for each category and benchmark c
    oracle   = mean over benchmarks b of max over i of S_b({i})      points of 100
    gain     = oracle - max over i of mean over b of S_b({i})

The oracle knows the benchmark and picks the best single model for it: an upper bound of any router that chooses one
encoder by benchmark, and the bound of SCOPE's routing (arXiv 2510.12974) at that coarseness; choosing by question could
reach more, which a table of scores cannot show. Being a mean of maxima it is biased up by noise: its *optimism* is what
the winners of a draw owe to luck, on average, to be taken off the value (as in `growth.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse.capacity import capacity
from harness.analyse.lattice import Column
from harness.analyse.masks import Values
from harness.analyse.number import Number, number


@dataclass(frozen=True, slots=True)
class Best:
    """Hold the best single encoder of a column: its name, its score and the share of draws in which it is the best."""

    encoder: str
    score: Number
    share: float | None

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return {"encoder": self.encoder, **self.score.plain(), "chosen_share": self.share}


def best_encoder(scores: Values, pool: Sequence[str]) -> Best | None:
    """Find the best single encoder of one column over draws (1 + R, 2^n); None where a single is missing."""
    singles = capacity(scores)
    if not np.isfinite(singles[0]).all():
        return None
    first = singles.argmax(axis=-1)
    share = float((first[1:] == first[0]).mean()) if len(first) > 1 else None
    return Best(pool[int(first[0])], number(singles[:, first[0]]), share)


def oracle(scores: Values, columns: Sequence[Column]) -> Values:
    """Return the oracle's mean, (1 + R), of draws (1 + R, C, 2^n)."""
    return _singles(scores, columns).max(axis=-1).mean(axis=-1)


def optimism(scores: Values, columns: Sequence[Column]) -> float | None:
    """Return the mean over draws and benchmarks of a winner's score in the draw less its score in the table."""
    singles = _singles(scores, columns)
    if len(singles) == 1 or not np.isfinite(singles).all():
        return None
    won = singles[1:].argmax(axis=-1)
    in_table = np.take_along_axis(np.broadcast_to(singles[:1], singles[1:].shape), won[..., None], axis=-1)[..., 0]
    return float((singles[1:].max(axis=-1) - in_table).mean())


def oracle_gain(scores: Values, columns: Sequence[Column]) -> Values:
    """Return the oracle's mean less the best single encoder's, (1 + R)."""
    return oracle(scores, columns) - capacity(scores[:, 0]).max(axis=-1)


def _singles(scores: Values, columns: Sequence[Column]) -> Values:
    """Return (1 + R, B, n): the columns end with the benchmarks, each once, whatever categories stand before them."""
    return capacity(scores[:, -len(columns[0].members) :])
