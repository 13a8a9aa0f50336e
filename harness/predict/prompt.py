"""Lay one question out for an engine: token ids, with slots where the picture's embeddings go."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.card import Protocol, Sample
from harness.data.speech import Speech


@dataclass(frozen=True, slots=True)
class Prompt:
    """Hold one prompt: `tokens` (T ids, 0 in the picture's slots), the slots [start, end), and the picture's digest.

    The picture stands before the words, so questions about one picture share a prefix. `picture` is None for a
    question without one; its slots are empty.
    """

    sample_id: str
    tokens: tuple[int, ...]
    slots: tuple[int, int]
    picture: str | None


def lay_out(samples: Sequence[Sample], protocol: Protocol, speech: Speech, slots: int) -> tuple[Prompt, ...]:
    """Build the prompt of every sample, in sample order; the first picture of a sample is the one shown."""
    start = len(speech.opening)
    prompts = []
    for sample in samples:
        picture = sample.pictures[0].digest if sample.pictures else None
        end = start + (slots if picture else 0)
        tokens = [*speech.opening, *[0] * (end - start), *speech.question(protocol.prompt(sample))]
        prompts.append(Prompt(sample.id, tuple(tokens), (start, end), picture))
    return tuple(prompts)
