"""Hold raw answers: one prediction a sample, and the header that says what made them."""

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from harness.schema.decoding import DecodingSpec
from harness.schema.entry import Entry
from harness.schema.frozen import Frozen

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """Hold one raw answer.

    `margins` gives, for each token, the gap in log-probability (nats) between it and the runner-up, so that a flipped
    answer can be told to be a near tie at the first diverging token.
    """

    sample_id: str
    text: str
    tokens: tuple[int, ...]
    margins: tuple[float, ...]
    finish: FinishReason


class PredictionHeader(Frozen):
    """Say what made a set of predictions, as far as it may change a text.

    `samples` digests the questions with their pictures, `prompts` the exact prompts sent, in sample order; `weights`
    digests the checkpoint; `engine` is the decoding engine with its version.
    """

    entry: Entry
    protocol: str
    decoding: DecodingSpec
    samples: str = Field(pattern=r"^[0-9a-f]{64}$")
    prompts: str = Field(pattern=r"^[0-9a-f]{64}$")
    weights: str = Field(pattern=r"^[0-9a-f]{64}$")
    engine: str
    count: int = Field(gt=0)
