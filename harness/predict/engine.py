"""Say what an engine does: prompts and pictures' embeddings in, answers out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from harness.predict.prompt import Prompt
from harness.schema.canary import BEST
from harness.schema.prediction import FinishReason

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one generated answer: the token ids with the closing one, and each token's lead over the runner-up (nats).

    `cached` counts the prompt's tokens whose keys and values were reused from an earlier prompt. `first` holds the
    likeliest first tokens with their log-probabilities, best first, where the prompt is a canary.
    """

    tokens: tuple[int, ...]
    margins: tuple[float, ...]
    finish: FinishReason
    cached: int
    first: tuple[tuple[int, float], ...] = ()


def likeliest(answered: int, choices: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Return the likeliest tokens, best first; among equals the answered one, then the smaller id."""
    return tuple(sorted(choices, key=lambda one: (-one[1], one[0] != answered, one[0]))[:BEST])


class Engine(Protocol):
    """Decode greedily. `name` is the engine with its version, as it stands in signatures."""

    name: str

    def answer(
        self, prompts: Sequence[Prompt], visual: Mapping[str, Tensor], max_new_tokens: int, report: Progress
    ) -> list[Answer]:
        """Answer every prompt, in order; `visual` holds the embeddings (N, H) of each picture by digest."""
        ...
