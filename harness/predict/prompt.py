"""Lay one question out for an engine: token ids, with slots where the pictures' embeddings go."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from benchmarks.card import Part, Picture, Protocol, Sample
from harness.data.speech import Speech


@dataclass(frozen=True, slots=True)
class Slots:
    """Hold the positions [start, end) of one picture, and its digest."""

    start: int
    end: int
    picture: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """Hold one prompt: `tokens` (T ids, 0 in the pictures' slots) and the slots in reading order.

    Where the protocol sets the pictures before the words, questions about the same ones share a prefix. A `canary` is
    asked for the log-probabilities of its likeliest first tokens too (`schema.canary`).
    """

    sample_id: str
    tokens: tuple[int, ...]
    slots: tuple[Slots, ...]
    canary: bool = False

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the digests of the pictures shown, in reading order."""
        return tuple(slots.picture for slots in self.slots)


def lay_out(
    samples: Sequence[Sample], protocol: Protocol, speech: Speech, slots: int, blind: bool = False
) -> tuple[Prompt, ...]:
    """Build the prompt of every sample, in sample order; each picture shown takes `slots` positions.

    Pictures before all words stand before the template, as in training; later ones stand between the words. A `blind`
    prompt has the same words without the pictures, in one piece where a picture had parted them.
    """
    messages = (protocol.message(sample) for sample in samples)
    shown = (_words(message) if blind else message for message in messages)
    return tuple(_prompt(sample.id, message, speech, slots) for sample, message in zip(samples, shown, strict=True))


def _words(message: Sequence[Part]) -> Sequence[Part]:
    return ("".join(part for part in message if isinstance(part, str)),)


def _is_picture(part: Part) -> bool:
    return isinstance(part, Picture)


def _prompt(name: str, message: Sequence[Part], speech: Speech, count: int) -> Prompt:
    rest = list(dropwhile(_is_picture, message))
    if not rest or _is_picture(rest[-1]):
        # What the template says after the words must also follow the last picture.
        rest.append("")
    words = speech.pieces([part for part in rest if isinstance(part, str)])
    tokens, slots = list(speech.opening), []
    for part in (*takewhile(_is_picture, message), *rest):
        if isinstance(part, Picture):
            slots.append(Slots(len(tokens), len(tokens) + count, part.digest))
            tokens += [0] * count
        else:
            tokens += words.pop(0)
    return Prompt(name, tuple(tokens), tuple(slots))
