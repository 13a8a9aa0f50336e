"""Say what can be scored without looking: the best constant answer per question type, and a uniform guess."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import fsum

from benchmarks.card import Mark, Protocol, Sample
from benchmarks.errors import InvalidData

CANDIDATES = 16
"""Golds tried per question type, most frequent first: enough for every letter, and the best word is among them."""


def _best_of_kind(samples: Sequence[Sample], protocol: Protocol) -> list[Mark]:
    frequency = Counter(answer for sample in samples for answer in set(sample.answers))
    ranked = sorted(frequency, key=lambda answer: (-frequency[answer], answer))
    asked = {sample.id: sample for sample in samples}
    tried = [{name: protocol.mark(one, answer) for name, one in asked.items()} for answer in ranked[:CANDIDATES]]
    best = max(tried, key=lambda marks: fsum(marks[sample.id].value for sample in samples))
    return list(best.values())


def best_constant(samples: Sequence[Sample], protocol: Protocol) -> float:
    """Score the best constant answer per question type, chosen with the golds in hand.

    Rule: within each `sample.kind`, the gold answer that earns the highest sum of marks is given to every question;
    the marks of all kinds are pooled by the protocol. It is an upper bound of what a model can reach by knowing only
    the type. Where one sample stands several times it is marked once and counts each time.

    Raises:
        InvalidData: there are no samples.
    """
    if not samples:
        raise InvalidData("no samples: an empty benchmark has no blind baseline")
    kinds: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        kinds[sample.kind].append(sample)
    marks = {mark.sample_id: mark for members in kinds.values() for mark in _best_of_kind(members, protocol)}
    return protocol.pool(samples, [marks[sample.id] for sample in samples])


def uniform_guess(samples: Sequence[Sample], protocol: Protocol) -> float:
    """Score a uniform guess among the choices in expectation: mark 1/k with k choices, 0 for an open question.

    Raises:
        InvalidData: there are no samples.
    """
    values = (1.0 / len(sample.choices) if sample.choices else 0.0 for sample in samples)
    marks = [Mark(sample.id, value, None, "uniform guess") for sample, value in zip(samples, values, strict=True)]
    return protocol.pool(samples, marks)
