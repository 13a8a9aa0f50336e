"""Describe one piece of work by everything that may change what comes out of it, and by nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from harness.schema.fingerprint import Fingerprint
from harness.schema.frozen import digest_of
from harness.schema.run import Kind, RunRecord


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

    def record(
        self,
        made: Fingerprint,
        started: datetime,
        metrics: Mapping[str, float],
        inputs: Mapping[str, str] | None = None,
        attempts: int = 1,
    ) -> RunRecord:
        """Return the completion record of this step, ended now; its outputs are named when they are committed."""
        return RunRecord(
            step=self.digest,
            kind=self.kind,
            title=self.title,
            fingerprint=made,
            started=started,
            ended=datetime.now(UTC),
            inputs=dict(inputs or {}),
            outputs={},
            parameters=self.identity,
            metrics=dict(metrics),
            attempts=attempts,
        )
