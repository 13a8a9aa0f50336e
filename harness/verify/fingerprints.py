"""Look at cheap fingerprints before any score: they see in a few numbers what a score hides among its flips.

- *training*: two trainings of one seed start from the same inputs, and their losses, kept step by step in full
  precision, are the same file where the kernels are the same. The order of the data is a function of seed, stage and
  step alone (`harness/data/order.py`), so it is in the step's identity and in the losses.
- *leads*: each token's lead over its runner-up is a log-probability canary on every question, not on 32 of them.
- *distinctness*: different models cannot give the same leads to the last bit. Where they do, a stale cache answered,
  a seed or a mask was ignored, or an encoder fell away without a word.
"""

from collections.abc import Sequence
from hashlib import sha256
from statistics import median
from typing import Literal

from harness.errors import InvalidEvidence
from harness.schema.entry import Entry
from harness.schema.prediction import Prediction, PredictionHeader
from harness.schema.run import RunRecord
from harness.verify.near_ties import NEAR_ULP, ulp

LOSSES = "losses.json"


def trained_alike(stored: RunRecord, rerun: RunRecord) -> tuple[str, ...]:
    """Demand that two trainings of one entry had the same inputs and settings; say what their losses tell.

    Raises:
        InvalidEvidence: an input or a setting differs, or one of them has no losses.
    """
    faults = []
    for what in ("inputs", "parameters"):
        before, after = getattr(stored, what), getattr(rerun, what)
        faults += [
            f"{what}.{name} was {before.get(name)}, is {after.get(name)}"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
    if faults:
        raise InvalidEvidence(f"{stored.title}: not the same training as the stored one: {'; '.join(faults)}")
    if not (LOSSES in stored.outputs and LOSSES in rerun.outputs):
        raise InvalidEvidence(f"{stored.title}: a training without {LOSSES} shows nothing of how it went")
    if stored.outputs[LOSSES] == rerun.outputs[LOSSES]:
        return ("the losses of all steps are the same, bit for bit",)
    lasting = sorted(stored.metrics.keys() & rerun.metrics.keys())
    moved = [f"{name} {stored.metrics[name]:.4f} -> {rerun.metrics[name]:.4f}" for name in lasting if "loss" in name]
    return (f"the losses differ from some step on ({', '.join(moved)})",)


def leads_moved(
    stored: Sequence[Prediction], rerun: Sequence[Prediction], dtype: Literal["float32", "bfloat16"]
) -> str | None:
    """Say how far the first tokens' leads moved between two runs of the same weights; None where none is stored."""
    moved = [
        abs(one.margins[0] - other.margins[0])
        for one, other in zip(stored, rerun, strict=True)
        if one.margins and other.margins and one.tokens[0] == other.tokens[0]
    ]
    if not moved:
        return None
    beyond = sum(change > NEAR_ULP[dtype] * ulp(dtype) for change in moved)
    return f"leads moved by {median(moved):.2g} nats in the middle, {beyond:,} of {len(moved):,} by more than rounding"


def voice(predictions: Sequence[Prediction]) -> str | None:
    """Return a digest of all answers with their leads, in order; None where an answer has no lead."""
    if not all(one.margins for one in predictions):
        return None
    whole = sha256()
    for one in sorted(predictions, key=lambda one: one.sample_id):
        whole.update(repr((one.sample_id, one.tokens, one.margins)).encode())
    return whole.hexdigest()


def demand_distinct(answered: Sequence[tuple[PredictionHeader, str | None]]) -> None:
    """Demand that different models have different weights and different voices; `voice` gives the second of each pair.

    Raises:
        InvalidEvidence: two trainings have the same weights, or two entries on one benchmark the same voice.
    """
    weights: dict[str, Entry] = {}
    voices: dict[tuple[str, str], Entry] = {}
    for header, said in answered:
        entry = header.entry
        first = weights.setdefault(header.weights, entry)
        if first.training != entry.training:
            raise InvalidEvidence(
                f"{first.slug} and {entry.slug} are different trainings with the same weights {header.weights}: "
                "a seed was ignored, or one was answered with the other's checkpoint"
            )
        if said is not None:
            other = voices.setdefault((entry.benchmark, said), entry)
            if (other.training, other.kept) != (entry.training, entry.kept):
                raise InvalidEvidence(
                    f"{other.slug} and {entry.slug} gave every answer with the same leads to the last bit: a stale "
                    "cache answered, a mask was ignored, or an encoder fell away"
                )
