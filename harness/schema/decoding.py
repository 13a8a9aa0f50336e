"""Say how answers are decoded: everything about generation that may change a text."""

from typing import Literal

from pydantic import Field, model_validator

from harness.schema.frozen import Frozen, Seed


class DecodingSpec(Frozen):
    """Specify one decoder.

    Temperature 0 is greedy, and the reference engine knows no other. `dtype` is the language model's; encoders and
    projector compute in float32. `batch_invariant` asks that no answer depend on who else is asked: vLLM has kernels
    for it on a GPU, the reference engine decodes one prompt at a time. `max_new_tokens` caps the protocol's own limit,
    for models with a short context.
    """

    engine: Literal["vllm", "reference"]
    temperature: float = Field(ge=0)
    dtype: Literal["float32", "bfloat16"]
    batch_invariant: bool
    seed: Seed
    max_new_tokens: int = Field(gt=0)

    @model_validator(mode="after")
    def _greedy_where_nothing_is_drawn(self) -> "DecodingSpec":
        if self.engine == "reference" and self.temperature > 0:
            raise ValueError(
                f"the reference engine decodes greedily; a temperature of {self.temperature:g} is vLLM's "
                "(decoding.engine=vllm)"
            )
        return self
