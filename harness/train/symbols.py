"""Pre-train the language model of the miniature on pictures made of words, so that no encoder is favoured.

A *symbolic picture* has, in each of its 64 cells, the sum of the language model's own embeddings of the words that say
what the cell holds, with noise, and the same fixed places that the projector adds. The model learns to answer the
mixture's questions from it: words, letters of choices, spelling, the prompts' forms. What it never learns is to see.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.mini import mixture
from benchmarks.mini.mixture import CAPTION_PROMPT, Composed
from harness.data.batch import Batch, collate, line
from harness.data.conversation import Turn
from harness.data.order import generator
from harness.data.speech import Speech
from harness.model.projector import places
from harness.model.vlm import answer_logits
from harness.train import lexicon, truth
from harness.train.seed import settle
from harness.train.steering import Steering

SEED = 91
CYCLES, STEPS, BATCH, TURNS = 2, 2200, 16, 3
RATE = 2e-3
NOISE = 0.3
WORDS_A_CELL = 6
LEXICON_PICTURES, HELD_OUT = 2000, 300
MODEL: dict[str, Any] = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "initializer_range": 0.08,
}


def turns_of(one: Composed, step: int, index: int) -> list[Turn]:
    """Choose up to three of a picture's turns and, half of the time, its caption."""
    dice = generator(SEED, "turns", step, index)
    said = [*one.turns, (CAPTION_PROMPT, one.drawn.caption)] if dice.random() < 0.5 else list(one.turns)
    return [Turn(*said[number]) for number in dice.permutation(len(said))[:TURNS]]


class Symbols(nn.Module):
    """Paint symbolic pictures with a language model's embeddings."""

    def __init__(self, language: LlamaForCausalLM, speech: Speech, grid: int, place: float):
        super().__init__()
        self.language, self.speech = language, speech
        self.places = place * places(grid, language.config.hidden_size)

    def ids(self, cells: Sequence[Sequence[str]]) -> Tensor:
        """Return the token ids of each cell's words (cells, WORDS_A_CELL), -1 where there is none."""
        ids = torch.full((len(cells), WORDS_A_CELL), -1)
        for cell, words in enumerate(cells):
            tokens = [token for word in words for token in self.speech.tokenizer.encode(word, add_special_tokens=False)]
            kept = tokens[:WORDS_A_CELL]
            ids[cell, : len(kept)] = torch.tensor(kept, dtype=torch.long)
        return ids

    def forward(self, ids: Tensor) -> Tensor:
        """Return visual tokens (B, cells, H) for the ids (B, cells, WORDS_A_CELL)."""
        embedded = self.language.get_input_embeddings()(ids.clamp(min=0)) * (ids >= 0)[..., None]
        spread = self.language.model.embed_tokens.weight.detach().std()
        symbols = embedded.sum(2)
        return symbols + torch.randn_like(symbols) * NOISE * spread + self.places

    def batch(self, drawn: Sequence[Composed], said: Sequence[Sequence[Turn]]) -> tuple[Tensor, Batch]:
        """Lay pictures and turns out: visual tokens (B, cells, H) and the batch that they belong to."""
        slots, start = len(self.places), len(self.speech.opening)
        length = self.language.config.max_position_embeddings
        rows = [line(turns, self.speech, slots, "independent", length) for turns in said]
        ids = torch.stack([self.ids(truth.words(one.drawn)) for one in drawn])
        return self(ids), collate([torch.empty(0)] * len(rows), rows, (start, start + slots))

    def predict(self, visual: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the logits (answer tokens, V) and labels of a batch."""
        return answer_logits(self.language, visual, batch)

    def loss(self, visual: Tensor, batch: Batch) -> Tensor:
        """Return the mean negative log-likelihood (nats) of the answer tokens."""
        return cross_entropy(*self.predict(visual, batch))


def pretrain_language(
    folder: Path, template: str, grid: int, place: float, report: Callable[[int, int, str], None]
) -> tuple[dict[str, Path], dict[str, float]]:
    """Build tokenizer and language model, train the model on symbolic pictures, write both as a transformers folder.

    `template`, `grid` and `place` are the recipe's, so that the model meets in training what it met here.
    """
    began = time.monotonic()
    settle(SEED, "language")
    tokenizer = lexicon.build(text for one in mixture.compose(SEED, LEXICON_PICTURES) for text in texts(one, template))
    speech = Speech(tokenizer, template)
    ends: dict[str, Any] = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    language = LlamaForCausalLM(LlamaConfig(**MODEL, **ends, vocab_size=len(tokenizer)))
    symbols = Symbols(language, speech, grid, place)
    pictures = mixture.compose(SEED + 1, CYCLES * STEPS * BATCH)
    loss = math.nan
    for cycle in range(CYCLES):
        if cycle:
            settle(SEED, "language", cycle)
        loss = _cycle(cycle, symbols, pictures, report)
    folder.mkdir(parents=True, exist_ok=True)
    language.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    weights = {name: parameter.detach().half() for name, parameter in language.named_parameters()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    metrics = {
        "loss": loss,
        "skill": skill(symbols.eval()),
        "seconds": time.monotonic() - began,
        "steps": float(CYCLES * STEPS),
    }
    return {f"language/{path.name}": path for path in sorted(folder.iterdir())}, metrics


def _cycle(
    cycle: int, symbols: Symbols, pictures: Iterator[Composed], report: Callable[[int, int, str], None]
) -> float:
    """Train through one warm-up and cosine with a fresh optimizer; leave weights that float16 holds exactly."""
    steering = Steering(list(symbols.language.parameters()), RATE, STEPS)
    for step in range(cycle * STEPS, (cycle + 1) * STEPS):
        drawn = [next(pictures) for _ in range(BATCH)]
        said = [turns_of(one, step, index) for index, one in enumerate(drawn)]
        report(step + 1, CYCLES * STEPS, steering.step(symbols.loss(*symbols.batch(drawn, said))))
    for parameter in symbols.language.parameters():
        parameter.data = parameter.data.half().float()
    return steering.last


def texts(one: Composed, template: str) -> list[str]:
    """Return everything that is said about a picture, as training says it."""
    said = [words for question, answer in one.turns for words in (template.format(question=question), f" {answer}")]
    return [*said, f" {one.drawn.caption}"]


@torch.inference_mode()
def skill(symbols: Symbols) -> float:
    """Return the share of questions about other symbolic pictures whose whole answer has the highest likelihood."""
    right = []
    for one in mixture.compose(SEED + 2, HELD_OUT):
        for turn in one.turns:
            visual, batch = symbols.batch([one], [[Turn(*turn)]])
            logits, labels = symbols.predict(visual, batch)
            right.append(bool((logits.argmax(-1) == labels).all()))
    return sum(right) / len(right)
