"""Digest the exact words that a benchmark's questions are asked in."""

from collections.abc import Sequence

from benchmarks.card import Picture, Protocol, Sample, pictures_first
from harness.schema.frozen import digest_of


def digest(samples: Sequence[Sample], protocol: Protocol) -> str:
    """Return the SHA-256 of every sample's prompt, in sample order; of its message where pictures do not just lead."""
    return digest_of([[sample.id, _asked(sample, protocol)] for sample in samples])


def _asked(sample: Sample, protocol: Protocol) -> str | list[str]:
    words, message = protocol.prompt(sample), protocol.message(sample)
    if message == pictures_first(sample, words):
        return words
    return [part.digest if isinstance(part, Picture) else part for part in message]
