"""Take the effective rank of features, tokens x D, in one pass and O(D^2) memory.

With s_1 >= ... >= s_D the singular values of the N x D features, centred or not:

    roy_vetterli         exp(-sum p_i ln p_i),  p_i = s_i / sum s         Roy and Vetterli, EUSIPCO 2007; the default
    covariance_entropy   exp(-sum p_i ln p_i),  p_i = s_i^2 / sum s^2     the same of the covariance's spectrum
    participation_ratio  (sum s^2)^2 / sum s^4
    stable_rank          sum s^2 / s_1^2                                  Rudelson and Vershynin, JACM 2007

All lie in [1, rank], so each is also divided by its cap min(N, D): encoders differ in width. The four give different
numbers, and papers mix them up, so a result always names its variant; which one arXiv 2606.03879 uses is not public.

A stream holds N, the mean and M = sum (x - mean)(x - mean)^T in float64 and merges blocks by the pairwise update of
Chan, Golub and LeVeque (American Statistician 1983), which does not lose digits to a large mean. Singular values are
square roots of eigenvalues, so those below sqrt(max(N, D) eps) s_1 cannot be told from zero and are taken as zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.analyse.masks import Values
from harness.errors import InvalidEvidence

Variant = Literal["roy_vetterli", "covariance_entropy", "participation_ratio", "stable_rank"]
VARIANTS: tuple[Variant, ...] = ("roy_vetterli", "covariance_entropy", "participation_ratio", "stable_rank")
BLOCK = 8192


@dataclass(frozen=True, slots=True)
class Rank:
    """Hold one variant of the effective rank, with or without centring, and its share of the cap min(N, D)."""

    variant: Variant
    centred: bool
    value: float
    share: float


class Stream:
    """Gather the covariance of features that come block by block, as float64 in O(D^2) memory."""

    def __init__(self, width: int):
        self.tokens = 0
        self.mean = np.zeros(width)
        self.scatter = np.zeros((width, width))

    def add(self, block: NDArray[np.floating]) -> None:
        """Add a block of tokens x D.

        Raises:
            InvalidEvidence: the block has another width, or a value that is no finite number.
        """
        if block.ndim != 2 or block.shape[1] != len(self.mean):
            raise InvalidEvidence(f"features of shape {block.shape} came; expected tokens x {len(self.mean)}")
        if not len(block):
            return
        values = block.astype(np.float64)
        if not np.isfinite(values).all():
            row, channel = np.argwhere(~np.isfinite(values))[0]
            raise InvalidEvidence(
                f"the feature of token {self.tokens + int(row):,}, channel {int(channel):,} is "
                f"{values[row, channel]}; a rank needs finite numbers"
            )
        mean = values.mean(axis=0)
        values -= mean
        apart, together = mean - self.mean, self.tokens + len(block)
        self.scatter += values.T @ values + np.outer(apart, apart) * (self.tokens * len(block) / together)
        self.mean += apart * (len(block) / together)
        self.tokens = together

    def merge(self, other: "Stream") -> None:
        """Take in what another stream has gathered, as if its tokens had come here.

        Raises:
            InvalidEvidence: its features have another width.
        """
        if len(other.mean) != len(self.mean):
            raise InvalidEvidence(f"features of {len(other.mean)} channels cannot join those of {len(self.mean)}")
        together = self.tokens + other.tokens
        if not together:
            return
        apart = other.mean - self.mean
        self.scatter += other.scatter + np.outer(apart, apart) * (self.tokens * other.tokens / together)
        self.mean += apart * (other.tokens / together)
        self.tokens = together

    def singular_values(self, centred: bool) -> Values:
        """Return s_1 >= s_2 >= ... of the N x D features, D of them; zeros for what rounding cannot tell from zero."""
        gram = self.scatter if centred else self.scatter + self.tokens * np.outer(self.mean, self.mean)
        squares = np.linalg.eigvalsh(gram)[::-1]
        floor = max(self.tokens, len(squares)) * np.finfo(np.float64).eps * max(float(squares[0]), 0.0)
        # Subtracting the mean leaves its rounding behind, which for equal tokens is all there is.
        floor += self.tokens * (np.finfo(np.float64).eps * float(np.abs(self.mean).max(initial=0.0))) ** 2
        return np.sqrt(np.where(squares > floor, squares, 0.0))

    def rank(self, variant: Variant = "roy_vetterli", centred: bool = False) -> Rank:
        """Return one variant.

        Raises:
            InvalidEvidence: no tokens, or all of them equal (centred) or zero: such features have no spectrum.
        """
        values = self.singular_values(centred)
        if not self.tokens or not values.any():
            what = "no tokens came" if not self.tokens else "all tokens are equal" if centred else "all tokens are zero"
            raise InvalidEvidence(f"{what}: such features have no effective rank")
        value = effective_rank(values, variant)
        return Rank(variant, centred, value, value / min(self.tokens, len(self.mean)))


def effective_rank(singular: Values, variant: Variant = "roy_vetterli") -> float:
    """Return one variant for singular values of which at least one is positive; their scale does not matter."""
    scaled = np.asarray(singular, dtype=np.float64) / np.max(singular)
    squares = scaled**2
    match variant:
        case "roy_vetterli":
            return _exponential_entropy(scaled)
        case "covariance_entropy":
            return _exponential_entropy(squares)
        case "participation_ratio":
            return float(squares.sum() ** 2 / (squares**2).sum())
        case "stable_rank":
            return float(squares.sum())


def stream(blocks: Iterable[NDArray[np.floating]], width: int) -> Stream:
    """Gather blocks in turn.

    Raises:
        InvalidEvidence: as `Stream.add`.
    """
    found = Stream(width)
    for block in blocks:
        found.add(block)
    return found


def blocks_of(features: NDArray[np.floating], size: int = BLOCK) -> Iterable[NDArray[np.floating]]:
    """Cut tokens x D into blocks of at most `size` tokens."""
    return (features[start : start + size] for start in range(0, len(features), size))


def _exponential_entropy(weights: Values) -> float:
    shares = weights[weights > 0] / weights.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
