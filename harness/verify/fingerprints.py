"""Look at cheap fingerprints before any score: they see in a few numbers what a score hides among its flips.

- *training*: order of the samples and first losses, in `trainings`; *canaries*: log-probabilities, in `canaries`.
- *leads*: each token's lead over its runner-up is a log-probability canary on every question.
- *spelling* (`demand_spelled`): the text follows from the tokens, so equal tokens have equal texts.
- *distinctness*: different models cannot give the same leads to the last bit. Where they do, a stale cache answered,
  a seed or a mask was ignored, an encoder fell away without a word, or answers were copied.

A fingerprint that one side does not have is said to be *not compared*; it never counts as compared.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import InvalidEvidence
from harness.schema.columns import Columns
from harness.schema.entry import Entry
from harness.schema.prediction import Prediction, PredictionHeader
from harness.verify.near_ties import NEAR_ULP, ulp

Voice = NDArray[np.int64]
# Two models share single leads by chance, in bfloat16 most of all; nine answers of ten they do not.
ALIKE = 0.9
# Where the places of tokens and of leads begin, so that one never counts as the other.
TOKENS, LEADS = 0, 2**32


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


def demand_leads(stored: Sequence[Prediction], rerun: Sequence[Prediction]) -> None:
    """Demand that a re-run kept its leads wherever the stored answers have theirs, answers in the same order.

    Raises:
        InvalidEvidence: leads are missing: without them no flip can be explained and no copy be seen.
    """
    bare = [other.sample_id for one, other in zip(stored, rerun, strict=True) if one.margins and not other.margins]
    if bare:
        raise InvalidEvidence(
            f"{len(bare):,} of {len(rerun):,} answers came without the leads of their tokens, which the stored ones "
            f"have ({', '.join(sorted(bare)[:3])}): a flip among them could not be explained"
        )


def demand_spelled(*runs: Sequence[Prediction]) -> None:
    """Demand of some runs together that equal tokens have equal texts: an edited text leaves its tokens behind.

    Raises:
        InvalidEvidence: two answers have the same tokens and different texts.
    """
    spelled: set[tuple[bytes, str]] = set()
    for told in map(Columns.of, runs):
        spelled.update(zip(told.tokens.keys(), told.texts, strict=True))
    if len({tokens for tokens, _ in spelled}) == len(spelled):
        return
    texts: dict[tuple[int, ...], Prediction] = {}
    for one in chain.from_iterable(runs):
        first = texts.setdefault(one.tokens, one)
        if first.text != one.text:
            raise InvalidEvidence(
                f"the answers to {first.sample_id!r} and {one.sample_id!r} have the same tokens and different texts, "
                f"{first.text[:40]!r} and {one.text[:40]!r}: one was edited"
            )


def voice(predictions: Sequence[Prediction]) -> Voice | None:
    """Return a number for each answer, made of its tokens and their leads; None where an answer has no lead.

    Answers stand in the order of their ids. An answer's number is the sum, modulo 2^64, of its tokens and leads, each
    mixed with its place; the same in every process, and whether rows or columns were given.
    """
    told = Columns.of(predictions)
    if not told.margins.lengths.all():
        return None
    # Adding zero makes -0.0 the 0.0 that it equals.
    leads = _summed((told.margins.values + 0.0).view(np.uint64), told.margins.bounds, LEADS)
    said = _summed(told.tokens.values.astype(np.uint64), told.tokens.bounds, TOKENS) + leads
    return said[sorted(range(len(said)), key=told.sample_ids.__getitem__)].view(np.int64)


def _summed(values: NDArray[np.uint64], bounds: NDArray[np.int64], first: int) -> NDArray[np.uint64]:
    """Add up each list's numbers, mixed with their places in it, which are counted from `first` on."""
    places = np.arange(len(values)) - np.repeat(bounds[:-1] - first, np.diff(bounds))
    sums = np.cumsum(_mixed(values + _mixed(places.astype(np.uint64))))
    until = np.concatenate([np.zeros(1, np.uint64), sums])[bounds]
    return until[1:] - until[:-1]


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over all 64 bits, one to one: the finish of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def same_voice(one: Voice | None, other: Voice | None) -> bool:
    """Tell whether nine of ten answers came with the same leads to the last bit."""
    if one is None or other is None or one.shape != other.shape or not one.size:
        return False
    return int(np.count_nonzero(one == other)) > ALIKE * one.size


def demand_own_answers(
    stored: PredictionHeader, before: Voice | None, rerun: PredictionHeader, after: Voice | None
) -> None:
    """Demand that other weights gave other leads; in float32 the same ones to the last bit were copied.

    Raises:
        InvalidEvidence: a second training has other weights than the stored one and says the same to the last bit.
    """
    if stored.weights != rerun.weights and stored.decoding.dtype == "float32" and same_voice(before, after):
        raise InvalidEvidence(
            f"{rerun.entry.slug}: weights {rerun.weights[:12]} and {stored.weights[:12]} gave nine of ten answers with "
            "the same leads to the last bit, which two different models do not: the stored answers were copied"
        )


def demand_distinct(answered: Sequence[tuple[PredictionHeader, Voice | None]]) -> None:
    """Demand that different models have different weights and different voices; `voice` gives the second of each pair.

    Raises:
        InvalidEvidence: two trainings have the same weights, or two entries on one benchmark the same voice.
    """
    weights: dict[str, Entry] = {}
    speakers: dict[tuple[str, int], list[tuple[Entry, Voice]]] = defaultdict(list)
    for header, said in answered:
        entry = header.entry
        first = weights.setdefault(header.weights, entry)
        if first.training != entry.training:
            raise InvalidEvidence(
                f"{first.slug} and {entry.slug} are different trainings with the same weights {header.weights}: "
                "a seed was ignored, or one was answered with the other's checkpoint"
            )
        if said is not None and said.size:
            speakers[entry.benchmark, said.size].append((entry, said))
    for group in speakers.values():
        _demand_own_voices(group)


def _demand_own_voices(group: Sequence[tuple[Entry, Voice]]) -> None:
    """Count, pair by pair, the questions on which two models are one; only pairs that ever meet are looked at."""
    voices = np.stack([said for _, said in group])
    alike = np.sort(np.ascontiguousarray(voices.T), axis=1)
    if not (alike[:, 1:] == alike[:, :-1]).any():
        return
    order = np.argsort(voices, axis=0, kind="stable")
    ranked = np.take_along_axis(voices, order, axis=0)
    rows, columns = np.nonzero(ranked[1:] == ranked[:-1])
    met = set(zip(order[rows, columns].tolist(), order[rows + 1, columns].tolist(), strict=True))
    for first, second in sorted(met):
        (one, said), (other, again) = group[first], group[second]
        if (one.training, one.kept) != (other.training, other.kept) and same_voice(said, again):
            raise InvalidEvidence(
                f"{one.slug} and {other.slug} gave nine of ten answers with the same leads to the last bit: a stale "
                "cache answered, a mask was ignored, or an encoder fell away"
            )
