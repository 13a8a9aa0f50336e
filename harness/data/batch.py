"""Lay conversations out as tensors, with a mask that says which token sees which.

Axes: B conversations, L positions (opening, N picture slots, turns), V vocabulary. Positions before the turns form
segment 0 and are seen by all; turn k is segment k. With *independent* turns a token sees segment 0 and its own
segment, and positions restart with each turn, so that each turn is computed exactly as if it stood alone behind its
picture: a benchmark asks one question at a time, and this trains all questions of a picture in one pass over it.
With *sequential* turns (LLaVA) all turns share one segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor

from harness.data.conversation import Turn
from harness.data.speech import Speech
from harness.errors import InvalidEvidence

IGNORED = -100
PADDING = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold one batch.

    `canvas` (B, 3, P, P); `tokens`, `positions`, `segments`, `labels` (B, L). `labels` are already shifted: the label
    at a position is the token to come, or `IGNORED`. `picture` bounds the picture slots, [start, end). `ids` name the
    conversations, where they have names; `tags` the kinds of the turns laid out, conversation by conversation.
    """

    canvas: Tensor
    tokens: Tensor
    positions: Tensor
    segments: Tensor
    labels: Tensor
    picture: tuple[int, int]
    ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def terms(self) -> int:
        """Count the answer tokens, of which the batch's loss is the mean."""
        return int((self.labels != IGNORED).sum())

    def to(self, device: torch.device, dtype: torch.dtype) -> "Batch":
        """Return the batch on a device; the canvas keeps its precision, for each encoder prepares its own input."""
        moved = ("canvas", "tokens", "positions", "segments", "labels")
        return replace(self, **{name: getattr(self, name).to(device) for name in moved})

    def turns(self) -> Tensor:
        """Return the number of the turn that each answer token belongs to, in the order of the labels that count.

        An answer is one run of labels: what stands between two answers is ignored. Turn k is of the kind `tags[k]`.
        """
        asked = self.labels != IGNORED
        starts = asked.clone()
        starts[:, 1:] &= ~asked[:, :-1]
        return starts.flatten().cumsum(0)[asked.flatten()] - 1

    def attention(self, dtype: torch.dtype) -> Tensor:
        """Return the additive attention mask (B, 1, L, L): 0 where the query sees the key, the lowest number elsewhere.

        Padding sees itself alone, so that no row is empty.
        """
        query, key = self.segments[:, :, None], self.segments[:, None, :]
        length = self.segments.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool, device=self.segments.device).tril()
        seen = causal & ((key == 0) | (key == query)) & (key != PADDING)
        seen |= torch.eye(length, dtype=torch.bool, device=self.segments.device)
        mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
        return mask.masked_fill(~seen, torch.finfo(dtype).min)[:, None]


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one conversation as lists of L ids, positions, segments and labels, and the tag of each turn laid out."""

    tokens: list[int]
    positions: list[int]
    segments: list[int]
    labels: list[int]
    tags: list[str]


def line(
    turns: Sequence[Turn],
    speech: Speech,
    slots: int,
    layout: Literal["independent", "sequential"],
    max_length: int,
) -> Line:
    """Lay one conversation out behind `slots` picture slots; turns that would pass `max_length` are left out.

    Raises:
        InvalidEvidence: not even the first turn fits.
    """
    opening = speech.opening
    prefix = len(opening) + slots
    row = Line([*opening, *[0] * slots], list(range(prefix)), [0] * prefix, [IGNORED] * prefix, [])
    place = prefix
    for number, turn in enumerate(turns, start=1):
        question, answer = speech.question(turn.question), speech.answer(turn.answer)
        said = [*question, *answer]
        if place + len(said) > max_length:
            if number == 1:
                raise InvalidEvidence(
                    f"a turn of {len(said)} tokens behind {prefix} does not fit {max_length}: '{turn.question[:80]}'"
                )
            break
        row.tokens.extend(said)
        row.positions.extend(range(place, place + len(said)))
        row.segments.extend([number if layout == "independent" else 1] * len(said))
        row.labels.extend([IGNORED] * (len(question) - 1) + answer + [IGNORED])
        row.tags.append(turn.tag)
        if layout == "sequential":
            place += len(said)
    return row


def collate(
    canvas: Sequence[Tensor], rows: Sequence[Line], picture: tuple[int, int], ids: tuple[str, ...] = ()
) -> Batch:
    """Stack conversations, padded at the end to the longest."""
    length = max(len(row.tokens) for row in rows)

    def stack(lists: Sequence[list[int]], filler: int) -> Tensor:
        return torch.tensor([values + [filler] * (length - len(values)) for values in lists])

    return Batch(
        canvas=torch.stack(list(canvas)),
        tokens=stack([row.tokens for row in rows], 0),
        positions=stack([row.positions for row in rows], 0),
        segments=stack([row.segments for row in rows], PADDING),
        labels=stack([row.labels for row in rows], IGNORED),
        picture=picture,
        ids=ids,
        tags=tuple(tag for row in rows for tag in row.tags),
    )
