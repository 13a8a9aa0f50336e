"""Write effective ranks down, a measurement a row, each with what it was taken of.

    encoder,trained,seed,rank,cap,variant,centred,training,weights,pictures

`trained` is `none` before any training, else the subset that the encoder was trained in;
`training` is the digest of the training (that of the entries in a table of scores), `weights` that of the encoder's
file or of the checkpoint, `pictures` how many were shown. `rank_table.py` reads it back.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from harness.analyse.effective_rank import VARIANTS, Variant


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold one rank and what it was taken of; `trained` is `none` before any training."""

    encoder: str
    trained: str
    seed: int
    rank: float
    cap: int
    variant: Variant
    centred: str
    training: str
    weights: str
    pictures: int


def rows_of(
    figures: Mapping[str, float],
    encoder: str,
    trained: str,
    seed: int,
    training: str,
    weights: str,
) -> list[Measured]:
    """Return the rows of one encoder from `<encoder>/<variant>/<centred or uncentred>`, without what is not there."""
    pictures = int(figures["pictures"])
    cap = int(min(figures[f"{encoder}/tokens"], figures[f"{encoder}/channels"]))
    return [
        Measured(encoder, trained, seed, figures[key], cap, variant, centred, training, weights, pictures)
        for variant in VARIANTS
        for centred, word in (("no", "uncentred"), ("yes", "centred"))
        if (key := f"{encoder}/{variant}/{word}") in figures
    ]


def to_csv(rows: Iterable[Measured]) -> str:
    """Write rows as a table that `rank_table.read` reads; every digit of a rank stays."""
    text = io.StringIO()
    names = [field.name for field in fields(Measured)]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(row, name) for name in names] for row in rows)
    return text.getvalue()
