"""Say what was measured of the shared parts of the miniature, and what was demanded of them when it was."""

from typing import Annotated

from pydantic import Field

from harness.schema.fingerprint import Fingerprint
from harness.schema.frozen import Frozen

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=-1, le=1)]


class Gauged(Frozen):
    """Hold the figures of one part on its own held-out task, and the least that was demanded of each.

    `files` are those that the part is read from, by path below the project, with their digests; `version` counts the
    versions of the code that measures. A figure is a share, or a difference of two.
    """

    part: str
    version: int
    files: dict[str, Sha256]
    measured: dict[str, Share]
    demanded: dict[str, Share]


class GateRecord(Frozen):
    """Hold what `command` measured of every part, by the digest of its weights, and where it ran."""

    command: str
    parts: dict[Sha256, Gauged]
    fingerprint: Fingerprint
