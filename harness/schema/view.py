"""Name the views of one trained model: which encoders are kept, and what stands for the others.

Words for what is kept: nothing at all (no encoder is masked); one subset, `clip+sam`; `none`, the all-masked floor;
`blind`, the same model asked without the picture; `all-masks`, every view but the unmasked one, the floor and the blind
baseline among them; and the words that stand for several subsets of what is trained, such as `size:1`.
"""

from dataclasses import dataclass
from typing import Literal

from harness.errors import UsageError
from harness.schema.entry import Operator
from harness.schema.subset import EMPTY, Subset, lattice

Mask = Literal["zero", "mean", "noise"]
EVERY, BLIND = "all-masks", "blind"
SEVERAL = ("lattice", "all")


@dataclass(frozen=True, slots=True)
class View:
    """Hold one view: the encoders kept, and the operator that masks the others; zeros where it is None."""

    kept: Subset
    mask: Operator | None = None


def select(word: str, mask: Mask, trained: Subset, pool: tuple[str, ...]) -> tuple[View, ...]:
    """Read a word that stands for one or more views of a trained subset.

    `all-masks` holds the blind baseline with the operator `zero` alone, since the operator does not show in it.

    Raises:
        UnknownName, UsageError: as `Subset.select`; what is kept is not inside what is trained; an operator is asked
            for where no encoder is masked.
    """
    operator = None if mask == "zero" else mask
    if word == EVERY:
        masked = [subset for subset in reversed(lattice(trained.names)) if subset != trained]
        views = [View(subset, operator) for subset in (*masked, EMPTY)]
        return (*views, View(EMPTY, BLIND)) if operator is None else tuple(views)
    if word == BLIND:
        chosen: tuple[Subset, ...] = (EMPTY,)
    elif word in SEVERAL or ":" in word:
        chosen = Subset.select(word, trained.names)
    else:
        chosen = (Subset.parse(word, pool) if word else trained,)
    for kept in chosen:
        if not kept <= trained:
            raise UsageError(f"--keep {kept} is not inside the trained subset {trained}")
    if operator and (word == BLIND or trained in chosen):
        raise UsageError(f"--mask {mask} masks nothing in '{word or trained}'. Leave it out, or keep fewer encoders.")
    return tuple(View(kept, BLIND if word == BLIND else operator) for kept in chosen)
