"""Hold one run's raw answers by the column, as their file does: a row is made only where somebody looks at it.

A table holds millions of answers. Marking looks at ids and texts, the fingerprints at flat runs of tokens and margins;
only what pairs two runs answer by answer needs a `Prediction` for each.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from harness.schema.prediction import FinishReason, Prediction


@dataclass(frozen=True, slots=True)
class Runs:
    """Hold lists of numbers end to end; list i is `values[bounds[i]:bounds[i + 1]]`, and `bounds` starts at 0."""

    values: NDArray[Any]
    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, lists: Sequence[Sequence[float]], dtype: type[np.generic]) -> "Runs":
        """Lay lists end to end."""
        bounds = np.cumsum([0, *map(len, lists)])
        return cls(np.fromiter(chain.from_iterable(lists), dtype, count=int(bounds[-1])), bounds)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return how long each list is."""
        return np.diff(self.bounds)

    def lists(self) -> Iterator[tuple[Any, ...]]:
        """Yield each list; cut from one flat list, many times faster than list by list."""
        values = self.values.tolist()
        return (tuple(values[start:end]) for start, end in pairwise(self.bounds.tolist()))

    def keys(self) -> list[bytes]:
        """Return the bytes of each list of whole numbers: equal exactly where the lists are."""
        data = self.values.astype(np.int64).tobytes()
        return [data[start:end] for start, end in pairwise((self.bounds * np.int64().itemsize).tolist())]


class Columns(Sequence[Prediction]):
    """Hold answers as columns, and be the sequence of them; rows are made once, when the first is asked for."""

    def __init__(
        self,
        sample_ids: list[str],
        texts: list[str],
        tokens: Runs,
        margins: Runs,
        finishes: list[FinishReason],
    ):
        self.sample_ids, self.texts, self.finishes = sample_ids, texts, finishes
        self.tokens, self.margins = tokens, margins

    @classmethod
    def of(cls, predictions: Sequence[Prediction]) -> "Columns":
        """Take rows apart; what are columns already stays as it is."""
        if isinstance(predictions, cls):
            return predictions
        return cls(
            ids_of(predictions),
            texts_of(predictions),
            Runs.of([one.tokens for one in predictions], np.int64),
            Runs.of([one.margins for one in predictions], np.float64),
            [one.finish for one in predictions],
        )

    @cached_property
    def rows(self) -> tuple[Prediction, ...]:
        """Return the answers one by one."""
        lists = self.tokens.lists(), self.margins.lists()
        with _undisturbed():
            return tuple(map(Prediction, self.sample_ids, self.texts, *lists, self.finishes))

    def __len__(self) -> int:
        return len(self.sample_ids)

    def __iter__(self) -> Iterator[Prediction]:
        return iter(self.rows)

    @overload
    def __getitem__(self, place: int) -> Prediction: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Prediction, ...]: ...

    def __getitem__(self, place: int | slice) -> Prediction | tuple[Prediction, ...]:
        return self.rows[place]

    def __eq__(self, other: object) -> bool:
        return self.rows == tuple(other) if isinstance(other, Columns | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.rows)


def ids_of(predictions: Sequence[Prediction]) -> list[str]:
    """Return the ids that answers are to, without making a row."""
    return predictions.sample_ids if isinstance(predictions, Columns) else [one.sample_id for one in predictions]


def texts_of(predictions: Sequence[Prediction]) -> list[str]:
    """Return the texts of answers, without making a row."""
    return predictions.texts if isinstance(predictions, Columns) else [one.text for one in predictions]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the search for cycles waiting: rows form none, and are so many that it would run again and again."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()
