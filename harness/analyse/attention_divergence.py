"""Attention divergence: how far the answer's look at the picture moves when encoders are masked."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
SMOOTHING = 1e-6


def distribution(attention: Values, smoothing: float = SMOOTHING) -> Values:
    """Return attention over N visual tokens (..., N) as smoothed distributions: p_k = (a_k / sum a + e) / (1 + N e).

    Without smoothing (e = 0) a token that one view does not attend to makes the divergence infinite, and infinite ones
    are reported for some encoders of the paper; with e > 0 it is at most ln((1 + e) / e), 13.8 nats for 1e-6.

    Raises:
        ValueError: a weight is negative or no number, or a row has no mass at all.
    """
    attention = np.asarray(attention, dtype=np.float64)
    mass = attention.sum(axis=-1, keepdims=True)
    if not (np.isfinite(attention).all() and (attention >= 0).all() and (mass > 0).all()):
        raise ValueError("attention over visual tokens must be finite and not negative, with some mass in every row")
    return (attention / mass + smoothing) / (1 + attention.shape[-1] * smoothing)


def divergence(full: Values, masked: Values, smoothing: float = SMOOTHING) -> Values:
    """Return KL(P || Q) = sum_k p_k ln(p_k / q_k) in nats, P of the full model, Q of a masked view: (..., N) -> (...).

    P and Q are the attention that the last prompt position pays to the picture's tokens in the language model's last
    layer, averaged over heads and normalised over those tokens. It is 0 where the mask does not move the look.

    Source: arXiv 2507.03262, which takes the divergence on MME with one encoder kept. Which way round it is taken, how
    heads and positions are averaged and how zeros are smoothed is not public; here they are named choices.
    """
    one, other = distribution(full, smoothing), distribution(masked, smoothing)
    terms = np.where(one > 0, one * (np.log(np.where(one > 0, one, 1.0)) - _log(other)), 0.0)
    return terms.sum(axis=-1)


def _log(values: Values) -> Values:
    with np.errstate(divide="ignore"):
        return np.log(values)
