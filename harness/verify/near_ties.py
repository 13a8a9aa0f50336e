"""Tell flipped answers that rounding explains from those that need a cause.

Two greedy runs share a prefix up to the first token in which they differ. There the stored run preferred its token by
a lead of a nats over the runner-up and the re-run its own by b, so the gap between the two moved by at least a + b.
Rounding moves a logit by a few units in its last place (ULP): a flip is *near* when a + b is no more than that, else
*far*, and a far flip has a cause: other weights, another prompt, another picture.

Logits are not stored. At 16 to 32, where those of language models lie, one ULP is 2^-3 = 0.125 nats in bfloat16 (8
significant bits) and 2^-19 in float32 (24 bits). In bfloat16 the logits themselves are rounded last, so two ULP bound
a near tie. In float32 what is rounded is every partial sum on the way; 2^11 ULP (0.004 nats) is a start value, not
stated anywhere, ours, until a calibration replaces it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from harness.schema.prediction import Prediction

LOGIT = 16.0
SIGNIFICANT_BITS = {"bfloat16": 8, "float32": 24}
NEAR_ULP = {"bfloat16": 2.0, "float32": 2.0**11}
FAR_SHARE = 0.10

Flip = Literal["near", "far", "unknown"]


@dataclass(frozen=True, slots=True)
class Flips:
    """Count flipped answers by their cause: rounding, something else, or not to be told because a lead is missing.

    `strayed` says whether the canaries moved by more than rounding, which no number of near flips makes good.
    """

    near: int
    far: int
    unknown: int
    strayed: bool = False

    @property
    def suspicious(self) -> bool:
        """Tell whether rounding leaves more than a tenth of the flips unexplained, or the canaries at all."""
        total = self.near + self.far + self.unknown
        return self.strayed or self.far + self.unknown > FAR_SHARE * total

    @property
    def told(self) -> str | None:
        """Say why answers flipped; None where none did."""
        total = self.near + self.far + self.unknown
        if not total:
            return None
        told = f"of {total:,} changed answers {self.near:,} were near ties, {self.far:,} moved by more than rounding"
        return told + (f", of {self.unknown:,} no lead tells" if self.unknown else "")


def ulp(dtype: Literal["float32", "bfloat16"], logit: float = LOGIT) -> float:
    """Return the spacing of a number format at a logit's magnitude, a power of two at or below it."""
    return logit * 2.0 ** (1 - SIGNIFICANT_BITS[dtype])


def classify(stored: Prediction, rerun: Prediction, dtype: Literal["float32", "bfloat16"]) -> Flip | None:
    """Name the cause of one changed answer, or None when both runs gave the same tokens."""
    if stored.tokens == rerun.tokens:
        return None
    pairs = zip(stored.tokens, rerun.tokens, strict=False)
    place = next(
        (index for index, (one, other) in enumerate(pairs) if one != other),
        min(map(len, (stored.tokens, rerun.tokens))),
    )
    if not (place < len(stored.margins) and place < len(rerun.margins)):
        # One lead alone says nothing of how far the other run had to go: half a gap would pass for the whole.
        return "unknown"
    return "near" if stored.margins[place] + rerun.margins[place] <= NEAR_ULP[dtype] * ulp(dtype) else "far"


def classify_all(
    stored: Iterable[Prediction], rerun: Iterable[Prediction], dtype: Literal["float32", "bfloat16"]
) -> Flips:
    """Count the changed texts of two runs by cause, answers in the same order."""
    found = [
        classify(one, other, dtype) or "unknown"
        for one, other in zip(stored, rerun, strict=True)
        if one.text != other.text
    ]
    return Flips(found.count("near"), found.count("far"), found.count("unknown"))
