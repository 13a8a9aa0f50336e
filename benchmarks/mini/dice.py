"""Draw the same numbers everywhere: choices made from the raw 64-bit stream of PCG64.

Only NumPy's bit stream is stable across its versions, not what `Generator` makes of it, and Python's `hash` differs
from run to run; so every choice here is integer arithmetic on that stream.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from numpy.random import PCG64, SeedSequence

T = TypeVar("T")
_BLOCK = 64


def _entropy(part: int | str) -> int:
    if isinstance(part, str):
        return int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big")
    if part < 0:
        raise ValueError(f"seed {part} is negative, expected 0 or more")
    return part


class Dice:
    """Throw dice whose every result is decided by `path`, a sequence of non-negative integers and words.

    Raises:
        ValueError: a negative integer in the path.
    """

    def __init__(self, *path: int | str):
        # A length in front of each part keeps (1, 23) and (12, 3) apart, however long the integers are.
        words: list[int] = []
        for part in map(_entropy, path):
            limbs = [part >> shift & 0xFFFFFFFF for shift in range(0, max(part.bit_length(), 1), 32)]
            words += [len(limbs), *limbs]
        self._bits = PCG64(SeedSequence(words))
        self._raw: list[int] = []

    def below(self, n: int) -> int:
        """Throw an integer in [0, n); the bias is under n / 2^64."""
        if not self._raw:
            self._raw = self._bits.random_raw(_BLOCK).tolist()
        return self._raw.pop() % n

    def between(self, low: int, high: int) -> int:
        """Throw an integer in [low, high]."""
        return low + self.below(high - low + 1)

    def choose(self, items: Sequence[T]) -> T:
        """Pick one item."""
        return items[self.below(len(items))]

    def take(self, items: Sequence[T], count: int) -> list[T]:
        """Pick `count` different items, in random order."""
        pool = list(items)
        for place in range(count):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in random order."""
        return self.take(items, len(items))
