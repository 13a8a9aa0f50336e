"""Ask the masked views of the full model whether some of its encoders can be spared, or harm.

    best masked view  = max over proper subsets A of S(F keeping A) - S(F)                        points of 100
    harm              = min over encoders i and columns c of u_c(i)                                a share
    recovered by two  = share of benchmarks b with max over |A| <= 2 of S_b(F keeping A) >= 0.9 S_b(F)

u is the Conditional Utilization Rate, the columns are the mean and the categories. The least of many noisy rates is
below zero by luck, so harm has a p-value over all of them at once: the share of draws r in which the least of
(u_r - u) / se, the noise alone, is as low as the least of u / se (Westfall and Young, Resampling-Based Multiple
Testing, 1993, single step); `lowest_bound` is the least of u - c se, with c the 95 per cent point of the largest of
(u_r - u) / se, above which all of them lie together.

Sources: arXiv 2507.03262: its definition of redundancy, and what its abstract says of masked and detrimental encoders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.analyse import masks
from harness.analyse.growth import Chosen, chosen
from harness.analyse.masks import Values
from harness.analyse.number import Number, number

FEW = 2
RECOVERED = 0.9
CERTAIN = 0.95


@dataclass(frozen=True, slots=True)
class Harm:
    """Hold the encoder and column with the least rate, p that all of them are zero or more, and their lowest bound."""

    encoder: str
    on: str
    rate: Number
    p_value: float | None
    lowest_bound: float | None

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        found = {"encoder": self.encoder, "on": self.on, **self.rate.plain()}
        return found | {"p_value": self.p_value, "lowest_bound": self.lowest_bound}


def best_masked_view(scores: Values) -> Chosen | None:
    """Compare the best proper masked view with the full set over draws (1 + R, 2^n); None where one is missing."""
    proper = np.arange(1, scores.shape[-1] - 1)
    if not len(proper) or not np.isfinite(scores[0, 1:]).all():
        return None
    return chosen(scores, proper, scores[:, -1])


def harm(rates: Values, pool: Sequence[str], columns: Sequence[str]) -> Harm | None:
    """Find the least of rates (1 + R, C, n); None where one is undefined in the table."""
    if not rates.size or not np.isfinite(rates[0]).all():
        return None
    flat = rates.reshape(len(rates), -1)
    place = int(flat[0].argmin())
    column, encoder = divmod(place, len(pool))
    rate = number(flat[:, place])
    drawn = flat[1:][np.isfinite(flat[1:]).all(axis=-1)]
    errors = drawn.std(axis=0) if len(drawn) > 1 else np.zeros(flat.shape[1])
    if not (errors > 0).all():
        return Harm(pool[encoder], columns[column], rate, None, None)
    noise = (drawn - flat[0]) / errors
    p_value = (1 + int((noise.min(axis=-1) <= (flat[0] / errors).min()).sum())) / (1 + len(noise))
    reach = float(np.quantile(noise.max(axis=-1), CERTAIN))
    bound = float((flat[0] - reach * errors).min())
    return Harm(pool[encoder], columns[column], rate, p_value, bound)


def recovered_by_two(scores: Values) -> Number:
    """Return the share of benchmarks, of draws (1 + R, B, 2^n), that a masked view of one or two brings to 90 %."""
    n = masks.pool_size(scores)
    few = [mask for mask in range(1, 2**n - 1) if masks.sizes(n)[mask] <= FEW]
    wanted = scores[..., [*few, -1]]
    if not few or not scores.shape[1] or not np.isfinite(wanted[0]).all() or (wanted[0, :, -1] <= 0).any():
        return Number(None)
    return number((wanted[..., :-1].max(axis=-1) >= RECOVERED * wanted[..., -1]).mean(axis=-1))
