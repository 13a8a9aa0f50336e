"""Serve the batches of a stage, from any step on, with any number of workers, always the same ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from harness.data.batch import Batch, Line, collate, line
from harness.data.canvas import load
from harness.data.conversation import Conversation
from harness.data.order import ALONE, Share, batches, generator
from harness.data.speech import Speech
from harness.schema.recipe import Canvas, Stage


@dataclass(frozen=True, slots=True)
class Place:
    """Say where a sample comes from and at which step it is used; the step salts the choice of turns."""

    source: int
    index: int
    step: int


class _Samples(Dataset):
    """Turn places into a canvas and a line of tokens; runs inside the workers."""

    def __init__(
        self,
        sources: Sequence[Sequence[Conversation]],
        stage: Stage,
        canvas: Canvas,
        speech: Speech,
        slots: int,
        max_length: int,
        seed: int,
    ):
        self.sources, self.stage, self.canvas, self.speech = sources, stage, canvas, speech
        self.slots, self.max_length, self.seed = slots, max_length, seed

    def __getitem__(self, place: Place) -> tuple:
        conversation = self.sources[place.source][place.index]
        name = f"{self.stage.sources[place.source].name}/{conversation.id}"
        return load(conversation.picture, self.canvas), self._line(conversation, place), name

    def _line(self, conversation: Conversation, place: Place) -> Line:
        turns = conversation.turns
        if self.stage.turns == "independent":
            draw = generator(self.seed, self.stage.name, "turns", place.step, place.index)
            chosen = draw.permutation(len(turns))[: self.stage.max_turns].tolist()
            turns = tuple(turns[number] for number in chosen)
        return line(turns, self.speech, self.slots, self.stage.turns, self.max_length)


def plan(counts: Sequence[int], stage: Stage, seed: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return the samples of each step of a stage as (source, indices), for sources of so many samples."""
    weights = [source.weight for source in stage.sources]
    return list(batches(counts, weights, stage.steps, stage.global_batch, seed, stage.name))


def serve(
    sources: Sequence[Sequence[Conversation]],
    stage: Stage,
    canvas: Canvas,
    speech: Speech,
    slots: int,
    max_length: int,
    seed: int,
    micro_batch: int,
    workers: int,
    first_step: int,
    share: Share = ALONE,
) -> Iterator[Batch]:
    """Yield one process's micro-batches of a stage from `first_step` on.

    Global batch / micro-batch of them, over all processes, make one step. The samples of a step are a function of
    (seed, stage, step) alone.
    """
    cuts = share.of(range(0, stage.global_batch, micro_batch))
    places = [
        [Place(source, index, step) for index in indices[cut : cut + micro_batch]]
        for step, (source, indices) in enumerate(plan([len(source) for source in sources], stage, seed))
        if step >= first_step
        for cut in cuts
    ]
    start = len(speech.opening)
    yield from DataLoader(
        _Samples(sources, stage, canvas, speech, slots, max_length, seed),
        batch_sampler=places,
        num_workers=workers,
        collate_fn=partial(_collate, (start, start + slots)),
    )


def _collate(slots: tuple[int, int], samples: Sequence[tuple[Tensor, Line, str]]) -> Batch:
    canvas, rows, ids = zip(*samples, strict=True)
    return collate(canvas, rows, slots, ids)
