"""Describe one piece of work by everything that may change what comes out of it, and by nothing else."""

from dataclasses import dataclass
from functools import cached_property

from harness.schema.frozen import digest_of
from harness.schema.run import Kind


@dataclass(frozen=True, eq=False)
class Step:
    """Hold one step: `identity` names its fields, so that `why` can say which one differs; `title` is for people."""

    kind: Kind
    title: str
    identity: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of kind and identity: the key under which the store keeps the outputs."""
        return digest_of({"kind": self.kind, "identity": self.identity})
