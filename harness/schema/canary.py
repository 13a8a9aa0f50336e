"""Hold the log-probabilities that a few fixed questions draw from a model: a fingerprint far finer than a score."""

from collections.abc import Iterable
from hashlib import sha256

from pydantic import Field, model_validator

from harness.schema.frozen import Frozen

COUNT = 32
BEST = 20


def chosen(sample_ids: Iterable[str]) -> frozenset[str]:
    """Choose a benchmark's canaries: the 32 ids with the smallest SHA-256, so that nobody picks them."""
    return frozenset(sorted(sample_ids, key=lambda one: sha256(one.encode()).digest())[:COUNT])


class Canary(Frozen):
    """Hold the likeliest first tokens of one answer, best first, with their natural log-probabilities."""

    sample_id: str
    tokens: tuple[int, ...] = Field(min_length=2, max_length=BEST)
    log_probabilities: tuple[float, ...] = Field(min_length=2, max_length=BEST)

    @model_validator(mode="after")
    def _best_first(self) -> "Canary":
        if len(self.tokens) != len(self.log_probabilities) or len(set(self.tokens)) != len(self.tokens):
            raise ValueError("every token has one log-probability")
        if (
            list(self.log_probabilities) != sorted(self.log_probabilities, reverse=True)
            or self.log_probabilities[0] > 0
        ):
            raise ValueError("log-probabilities are at most 0 and fall from the best token on")
        return self


class Canaries(Frozen):
    """Hold one run's canaries on one benchmark; `header` is the digest of their answers' header."""

    header: str = Field(pattern=r"^[0-9a-f]{64}$")
    rows: tuple[Canary, ...] = Field(min_length=1, max_length=COUNT)
