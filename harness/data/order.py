"""Fix the order of training samples as a pure function of seed, stage and step.

Nothing else may change it: not the number of workers, not a resumed run. (Seeds that are silently ignored or
overridden are a known trap: DeepSpeed issue 5717, LLaVA issue 1588.)
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """Say which micro-batches of a step are one process's own: every `world`-th, from the `rank`-th on.

    Taken in turns, the micro-batches of a step are the same ones, in the same order, however many processes share them.
    """

    rank: int = 0
    world: int = 1

    def of(self, micro_batches: Sequence[T]) -> Sequence[T]:
        """Return what is this process's own of a step's micro-batches."""
        return micro_batches[self.rank :: self.world]


ALONE = Share()


def generator(*key: str | int) -> np.random.Generator:
    """Return a random generator that is a function of the key alone (PCG64 seeded by SHA-256)."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def shuffled(count: int, *key: str | int) -> Iterator[int]:
    """Yield indices below `count` for ever, every index once an epoch, each epoch in another order."""
    epoch = 0
    while True:
        yield from generator(*key, "epoch", epoch).permutation(count).tolist()
        epoch += 1


def batches(counts: Sequence[int], weights: Sequence[float], steps: int, size: int, *key: str | int):
    """Yield `steps` batches as (source, indices): the source is drawn by weight, its samples in shuffled order."""
    share = np.asarray(weights, dtype=np.float64)
    choice = generator(*key, "source").choice(len(counts), size=steps, p=share / share.sum())
    streams = [shuffled(count, *key, "samples", index) for index, count in enumerate(counts)]
    for source in choice.tolist():
        yield source, tuple(next(streams[source]) for _ in range(size))
