"""Paint symbolic pictures with a language model's own embeddings, so that it learns about pictures without seeing any.

A symbolic picture has, in each of its N cells, the sum of the embeddings of the words that say what the cell holds,
with noise, and the fixed places that the projector adds. No encoder is involved, so none is favoured. The loss of a
batch of exercises is

    - mean log p(answer tokens) - mean log p_k(hint) + mean_n w_n |g(h_2(n)) - s(neighbour)|^2 / var E

The second term is read from layer k = `HINTED` through the model's own last norm and head (early exit, arXiv
2207.07061): what a choice question asks for is known before its options are read, so that only a letter is left to
find. The third has layer 2 tell of each cell, through one linear map each, what its left and upper neighbours hold (w
= 0.3 where that is nothing). Hints and maps are thrown away; the model keeps its plain form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import LlamaForCausalLM

from harness.data.batch import IGNORED, Batch, collate, line
from harness.data.cells import NOTHING, token_ids
from harness.data.order import generator
from harness.data.speech import Speech
from harness.model.projector import places
from harness.train.dense import summed
from harness.train.exercises import SEED, Exercise, hint
from harness.train.kinds import Kinds, add_answers

NOISE = 0.3
WORDS_A_CELL = 6
HINTED, NEIGHBOURED = 4, 2
"""Layers that hints and neighbours are read from, counted from 1."""
NOTHING_THERE = 0.3


@dataclass(frozen=True, slots=True)
class Laid:
    """Hold exercises as tensors: the words of the cells (B, N, W), the batch, and hints (row, position, token).

    Exercises in text alone have no cells: N is 0.
    """

    words: Tensor
    batch: Batch
    hints: Tensor


class Symbols(nn.Module):
    """Hold a language model with what it needs to learn from symbols: the places, and two maps that are thrown away."""

    places: Tensor

    def __init__(self, language: LlamaForCausalLM, speech: Speech, grid: int, place: float):
        super().__init__()
        width = language.config.hidden_size
        self.language, self.speech, self.grid = language, speech, grid
        self.left, self.above = nn.Linear(width, width), nn.Linear(width, width)
        # From zero they grow gently: a large first error would undo what the letters taught.
        for told in (*self.left.parameters(), *self.above.parameters()):
            nn.init.zeros_(told)
        self.register_buffer("places", place * places(grid, width), persistent=False)

    def lay(self, exercises: Sequence[Exercise]) -> Laid:
        """Lay exercises out; all of them have pictures, or none has."""
        shown = [one.cells for one in exercises if one.cells is not None]
        assert len(shown) in (0, len(exercises))
        start, slots = len(self.speech.opening), len(self.places) if shown else 0
        length = self.language.config.max_position_embeddings
        rows = [line(one.turns, self.speech, slots, "independent", length) for one in exercises]
        hints = []
        for number, (one, row) in enumerate(zip(exercises, rows, strict=True)):
            place = start + slots
            for turn in one.turns[: len(row.tags)]:
                if (found := hint(turn, self.speech)) is not None:
                    hints.append((number, place + found.place, found.token))
                place += len(self.speech.question(turn.question)) + len(self.speech.answer(turn.answer))
        batch = collate([torch.empty(0)] * len(rows), rows, (start, start + slots))
        none = torch.empty(len(exercises), 0, WORDS_A_CELL, dtype=torch.long)
        words = token_ids(shown, self.speech, WORDS_A_CELL) if shown else none
        return Laid(words, batch, torch.tensor(hints, dtype=torch.long).reshape(-1, 3))

    def paint(self, words: Tensor, *noise: str | int) -> Tensor:
        """Return visual tokens (B, N, H) of words (B, N, W); `noise` names the noise, the same name gives the same."""
        symbols = summed(self.language.get_input_embeddings(), words)
        spread = self._spread(words)
        drawn = generator(SEED, "noise", *noise).standard_normal(symbols.shape, dtype="float32")
        return symbols + torch.from_numpy(drawn) * NOISE * spread + self.places[: words.shape[1]]

    @torch.no_grad()
    def _spread(self, words: Tensor) -> Tensor:
        """Return the root mean square of the embeddings of the words shown.

        Tokens that are never said are pushed away from everything that is, so the whole table says too much.
        """
        shown = words[words != NOTHING]
        return self.language.get_input_embeddings()(shown).square().mean().sqrt() if len(shown) else torch.tensor(0.0)

    def states(self, laid: Laid, visual: Tensor) -> Sequence[Tensor]:
        """Return the hidden states (B, L, H) after the embedding and each layer, and last after the final norm."""
        words, batch = self.language.get_input_embeddings()(laid.batch.tokens), laid.batch
        start, end = batch.picture
        out = self.language.model(
            inputs_embeds=torch.cat([words[:, :start], visual, words[:, end:]], dim=1),
            attention_mask=batch.attention(words.dtype),
            position_ids=batch.positions,
            use_cache=False,
            output_hidden_states=True,
        )
        return [*out.hidden_states[:-1], out.last_hidden_state]

    def answers(self, laid: Laid, visual: Tensor) -> tuple[Tensor, Tensor]:
        """Return the likeliest answer tokens and the true ones."""
        asked = laid.batch.labels != IGNORED
        return self.language.lm_head(self.states(laid, visual)[-1][asked]).argmax(-1), laid.batch.labels[asked]

    def loss(self, exercises: Sequence[Exercise], *noise: str | int, told: tuple[Kinds, Kinds] | None = None) -> Tensor:
        """Return the loss of a batch of exercises, its three terms added.

        `told` learns the loss of each kind of question (the first term's), and whether each answer was right.
        """
        laid = self.lay(exercises)
        states = self.states(laid, self.paint(laid.words, *noise))
        asked = laid.batch.labels != IGNORED
        logits, labels = self.language.lm_head(states[-1][asked]), laid.batch.labels[asked]
        total = cross_entropy(logits, labels)
        if told is not None:
            with torch.no_grad():
                losses = cross_entropy(logits, labels, reduction="none")
                add_answers(losses, logits.argmax(-1) == labels, laid.batch, *told)
        if len(laid.hints):
            row, place, token = laid.hints.T
            early = self.language.model.norm(states[HINTED][row, place])
            total = total + cross_entropy(self.language.lm_head(early), token)
        return total + self._neighbours(laid, states[NEIGHBOURED]) if laid.words.numel() else total

    def _neighbours(self, laid: Laid, hidden: Tensor) -> Tensor:
        start, end = laid.batch.picture
        embeddings = self.language.get_input_embeddings()
        with torch.no_grad():
            held = summed(embeddings, laid.words).unflatten(1, (self.grid, self.grid))
            weight = torch.where(laid.words[..., 0] != NOTHING, 1.0, NOTHING_THERE).view(held.shape[:3])
            variance = self._spread(laid.words) ** 2
        told = hidden[:, start:end].view(held.shape)
        left = (self.left(told[:, :, 1:]) - held[:, :, :-1]).square().mean(-1) * weight[:, :, :-1]
        above = (self.above(told[:, 1:]) - held[:, :-1]).square().mean(-1) * weight[:, :-1]
        return (left.mean() + above.mean()) / variance
