"""Digest the exact words that a benchmark's questions are asked in."""

from collections.abc import Sequence

from benchmarks.card import Protocol, Sample
from harness.schema.frozen import digest_of


def digest(samples: Sequence[Sample], protocol: Protocol) -> str:
    """Return the SHA-256 of every sample's prompt, in sample order."""
    return digest_of([[sample.id, protocol.prompt(sample)] for sample in samples])
