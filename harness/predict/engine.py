"""Say what an engine does: prompts and pictures' embeddings in, answers out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from harness.predict.prompt import Prompt
from harness.schema.prediction import FinishReason

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one generated answer: the token ids with the closing one, and each token's lead over the runner-up (nats).

    `cached` counts the prompt's tokens whose keys and values were reused from an earlier prompt.
    """

    tokens: tuple[int, ...]
    margins: tuple[float, ...]
    finish: FinishReason
    cached: int


class Engine(Protocol):
    """Decode greedily. `name` is the engine with its version, as it stands in signatures."""

    name: str

    def answer(
        self, prompts: Sequence[Prompt], visual: Mapping[str, Tensor], max_new_tokens: int, report: Progress
    ) -> list[Answer]:
        """Answer every prompt, in order; `visual` holds the embeddings (N, H) of each picture by digest."""
        ...
