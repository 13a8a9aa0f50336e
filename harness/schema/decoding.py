"""Say how answers are decoded: everything about generation that may change a text."""

from typing import Literal

from pydantic import Field

from harness.schema.frozen import Frozen, Seed


class DecodingSpec(Frozen):
    """Specify one decoder.

    Temperature 0 is greedy. `max_new_tokens` caps the protocol's own limit, for models with a short context.
    """

    engine: Literal["vllm", "reference"]
    temperature: float = Field(ge=0)
    dtype: Literal["float32", "bfloat16"]
    batch_invariant: bool
    seed: Seed
    max_new_tokens: int = Field(gt=0)
