"""Record one finished step: what it was, what went in, what came out."""

from typing import Literal

from pydantic import AwareDatetime, Field

from harness.schema.fingerprint import Fingerprint
from harness.schema.frozen import Frozen

Kind = Literal["pretrain", "train", "predict", "score"]


class OutputFile(Frozen):
    """Name one stored file by its content: SHA-256 of the bytes and size in bytes."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class RunRecord(Frozen):
    """Record one finished step; it is written last, so its presence means that every output is there.

    `step` is the identity, the digest of everything that may change the outputs. `inputs` names the digests that went
    in, `outputs` the files that came out, `metrics` what was measured on the way (losses, seconds, counters).
    """

    step: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: Kind
    title: str
    fingerprint: Fingerprint
    started: AwareDatetime
    ended: AwareDatetime
    inputs: dict[str, str]
    outputs: dict[str, OutputFile]
    parameters: dict[str, str]
    metrics: dict[str, float]
    attempts: int = Field(gt=0)
