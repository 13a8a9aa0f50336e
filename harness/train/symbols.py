"""Pre-train the language model of the miniature on pictures made of words, so that no encoder is favoured.

A *symbolic picture* has, in each of its 64 cells, the sum of the language model's own embeddings of the words that say
what the cell holds, with noise, and the same fixed places that the projector adds. The model learns to answer the
mixture's questions from it: words, letters of choices, spelling, the prompts' forms. What it never learns is to see.

It goes from the letters of choices (text alone, minutes) to pictures. A choice question is asked in words as well,
with the same options in front of it: the content of an answer comes before its letter.
"""

import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.mini import cells, mixture
from benchmarks.mini.mixture import CAPTION_PROMPT, Composed
from benchmarks.prompting import SHORT_SUFFIX
from harness.data.batch import Batch, collate, line
from harness.data.cells import token_ids
from harness.data.conversation import Turn
from harness.data.order import generator
from harness.data.speech import Speech
from harness.model.projector import places
from harness.model.vlm import answer_logits
from harness.train import letters, lexicon
from harness.train.dense import summed
from harness.train.seed import settle
from harness.train.steering import Steering

SEED = 91
LETTER_STEPS, LETTER_BATCH, LETTER_RATE = 400, 48, 7e-4
STEPS, BATCH, TURNS, RATE = 7_500, 4, 6, 1e-3
CAPTIONED, WORDED = 0.3, 0.5
"""Parts of the pictures that are described too, and of the choice questions that are answered in words too."""
NOISE = 0.3
WORDS_A_CELL = 6
LEXICON_PICTURES, HELD_OUT = 3000, 400
MODEL: dict[str, Any] = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 5,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "initializer_range": 0.08,
}


_OPTION = re.compile(r"\n\(?([A-F])[.)] ([^\n]+)")


def in_words(turn: Turn) -> Turn | None:
    """Ask a choice question again for the text of its option; None if it has no options."""
    options = dict(_OPTION.findall(turn.question))
    if turn.answer not in options:
        return None
    asked, _, _ = turn.question.rpartition("\n")
    return Turn(f"{asked}\n{SHORT_SUFFIX}", options[turn.answer])


def turns_of(one: Composed, step: int, index: int) -> list[Turn]:
    """Choose up to six of a picture's turns, of its choice questions in words, and now and then its caption."""
    dice = generator(SEED, "turns", step, index)
    said = [Turn(*turn) for turn in one.turns]
    worded = [turn for turn in map(in_words, said) if turn is not None and dice.random() < WORDED]
    described = [Turn(CAPTION_PROMPT, one.drawn.caption)] if dice.random() < CAPTIONED else []
    asked = [*said, *worded, *described]
    return [asked[number] for number in dice.permutation(len(asked))[:TURNS]]


class Symbols(nn.Module):
    """Paint symbolic pictures with a language model's embeddings."""

    def __init__(self, language: LlamaForCausalLM, speech: Speech, grid: int, place: float):
        super().__init__()
        self.language, self.speech = language, speech
        self.places = place * places(grid, language.config.hidden_size)

    def forward(self, ids: Tensor) -> Tensor:
        """Return visual tokens (B, cells, H) for the ids (B, cells, WORDS_A_CELL)."""
        spread = self.language.model.embed_tokens.weight.detach().std()
        symbols = summed(self.language.get_input_embeddings(), ids)
        return symbols + torch.randn_like(symbols) * NOISE * spread + self.places

    def batch(self, drawn: Sequence[Composed], said: Sequence[Sequence[Turn]]) -> tuple[Tensor, Batch]:
        """Lay pictures and turns out: visual tokens (B, cells, H) and the batch that they belong to."""
        slots, start = len(self.places), len(self.speech.opening)
        length = self.language.config.max_position_embeddings
        rows = [line(turns, self.speech, slots, "independent", length) for turns in said]
        ids = token_ids([cells.words(one.drawn) for one in drawn], self.speech, WORDS_A_CELL)
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
    speech = Speech(words(template), template)
    ends: dict[str, Any] = {"bos_token_id": speech.tokenizer.bos_token_id, "eos_token_id": speech.closing}
    language = LlamaForCausalLM(LlamaConfig(**MODEL, **ends, vocab_size=len(speech.tokenizer)))
    symbols = Symbols(language, speech, grid, place)
    total = LETTER_STEPS + STEPS
    letter_loss = bind_letters(symbols, lambda step, note: report(step, total, note))
    steering = Steering(list(language.parameters()), RATE, STEPS)
    pictures = mixture.compose(SEED + 1, STEPS * BATCH)
    for step in range(STEPS):
        drawn = [next(pictures) for _ in range(BATCH)]
        said = [turns_of(one, step, index) for index, one in enumerate(drawn)]
        report(LETTER_STEPS + step + 1, total, steering.step(symbols.loss(*symbols.batch(drawn, said))))
    for parameter in language.parameters():
        parameter.data = parameter.data.half().float()
    folder.mkdir(parents=True, exist_ok=True)
    language.config.save_pretrained(folder)
    speech.tokenizer.save_pretrained(folder)
    weights = {name: parameter.detach().half() for name, parameter in language.named_parameters()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    metrics = {
        "letter_loss": letter_loss,
        "loss": steering.last,
        **{f"skill/{name}": share for name, share in skills(symbols.eval()).items()},
        "seconds": time.monotonic() - began,
        "steps": float(total),
    }
    return {f"language/{path.name}": path for path in sorted(folder.iterdir())}, metrics


def words(template: str) -> PreTrainedTokenizerFast:
    """Build the tokenizer from what is said about the first pictures."""
    ones = list(mixture.compose(SEED, LEXICON_PICTURES))
    turns = [turn for one in ones for turn in one.turns]
    questions = [question for question, _ in turns] + [SHORT_SUFFIX, CAPTION_PROMPT]
    answers = [*(f" {answer}" for _, answer in turns), *(f" {one.drawn.caption}" for one in ones)]
    return lexicon.build(questions, answers, template)


def bind_letters(symbols: Symbols, report: Callable[[int, str], None]) -> float:
    """Train the language model to name the letter of an option, on text alone; return its last loss (nats)."""
    steering = Steering(list(symbols.language.parameters()), LETTER_RATE, LETTER_STEPS)
    length = symbols.language.config.max_position_embeddings
    for step in range(LETTER_STEPS):
        dice = generator(SEED, "letters", step)
        rows = [line([letters.ask(dice)], symbols.speech, 0, "independent", length) for _ in range(LETTER_BATCH)]
        batch = collate([torch.empty(0)] * len(rows), rows, (1, 1))
        nothing = torch.empty(len(rows), 0, symbols.places.shape[1])
        report(step + 1, steering.step(symbols.loss(nothing, batch)))
    return steering.last


@torch.inference_mode()
def skills(symbols: Symbols) -> dict[str, float]:
    """Return the share of right answers about other symbolic pictures, per kind of question."""
    right: dict[str, list[bool]] = defaultdict(list)
    for one in mixture.compose(SEED + 2, HELD_OUT):
        for turn, tag in zip(one.turns, one.tags, strict=True):
            visual, batch = symbols.batch([one], [[Turn(*turn)]])
            logits, labels = symbols.predict(visual, batch)
            right[tag].append(bool((logits.argmax(-1) == labels).all()))
    return {tag: sum(marks) / len(marks) for tag, marks in sorted(right.items())}
