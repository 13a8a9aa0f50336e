"""Tell whether an encoder's effective rank survives training, or expands under it.

    change = erank(after) / erank(before)            a ratio of the same variant, of the same encoder

`before` may be the encoder as it was pre-trained, or after training alone; `after` usually after joint training. The
words are those of arXiv 2606.03879 (an anchor whose rank survives, a complement whose rank expands), which gives no
bounds; ours is a twentieth either way. Ranks capped by different numbers of tokens do not compare, so both sides need
the same cap.
"""

from dataclasses import dataclass
from typing import Literal

from harness.analyse.effective_rank import VARIANTS, Rank, Stream, Variant
from harness.errors import InvalidEvidence

TWENTIETH = 0.05

Word = Literal["survives", "expands", "shrinks"]


@dataclass(frozen=True, slots=True)
class Change:
    """Hold the ratio of two ranks of one variant, and what it is called."""

    variant: Variant
    ratio: float

    @property
    def word(self) -> Word:
        """Return what the ratio is called."""
        return named(self.ratio)


def named(ratio: float) -> Word:
    """Return what a ratio of ranks is called."""
    if abs(ratio - 1) <= TWENTIETH:
        return "survives"
    return "expands" if ratio > 1 else "shrinks"


def change(before: Rank, after: Rank) -> Change:
    """Compare two ranks of one variant.

    Raises:
        InvalidEvidence: they are of different variants, or only one is centred.
    """
    if (before.variant, before.centred) != (after.variant, after.centred):
        raise InvalidEvidence(
            f"a rank of {before.variant} (centred: {before.centred}) does not compare with one of {after.variant} "
            f"(centred: {after.centred})"
        )
    return Change(after.variant, after.value / before.value)


def changes(before: Stream, after: Stream, centred: bool = False) -> tuple[Change, ...]:
    """Compare the features of one encoder before and after, in every variant.

    Raises:
        InvalidEvidence: another number of channels or of tokens, or a side without a spectrum.
    """
    sizes = [(one.tokens, len(one.mean)) for one in (before, after)]
    if sizes[0] != sizes[1]:
        raise InvalidEvidence(
            f"features of {sizes[0][0]:,} tokens x {sizes[0][1]:,} before and {sizes[1][0]:,} x {sizes[1][1]:,} after "
            "have other caps; take both on the same images"
        )
    return tuple(change(before.rank(variant, centred), after.rank(variant, centred)) for variant in VARIANTS)
