"""Pre-train the language model of the miniature: letters of options, then captions, then the suite's questions.

The order is what lets a model of a million weights learn at all within an hour. To name the letter of an option that
is told takes a way through the layers that forms in minutes on text alone and hardly ever beside pictures; captions
say more words a picture than questions ask; the questions come last and longest. What it never learns is to see.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from benchmarks.mini import mixture
from benchmarks.mini.mixture import CAPTION_PROMPT
from benchmarks.prompting import SHORT_SUFFIX
from harness.data.conversation import Turn
from harness.data.speech import Speech
from harness.train import lexicon
from harness.train.exercises import PICTURES, SEED, Exercise, Exercises
from harness.train.figures import ByStage, listening
from harness.train.kinds import WINDOW
from harness.train.pretrain import Made, Report
from harness.train.seed import settle
from harness.train.steering import Steering
from harness.train.symbols import Symbols

LEXICON_PICTURES, HELD_OUT = 3000, 400
LETTERS = 1000
COPIED, SHAKEN = 0.6, 0.3
MODEL: dict[str, Any] = {
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "max_position_embeddings": 512,
    "tie_word_embeddings": True,
    "initializer_range": 0.08,
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """Describe one stretch of the curriculum: the exercises of a step, how many steps, the peak learning rate."""

    name: str
    steps: int
    rate: float
    ask: Callable[[Exercises, int], list[Exercise]]


def _again(about: Exercises, step: int) -> list[Exercise]:
    """Return to letters in text alone every third step, so that they outlast the first pictures."""
    return [] if step % 3 else about.letters(LETTERS + step, 48)


LESSONS = (
    Lesson("letters", LETTERS, 7e-4, lambda about, step: about.letters(step, 48)),
    Lesson("captions", 2_000, 1e-3, lambda about, step: _again(about, step) or about.captions(step, 8, 3)),
    Lesson("questions", 10_000, 1e-3, lambda about, step: about.questions(step, 4, 1)),
)


def pretrain_language(folder: Path, template: str, grid: int, place: float, report: Report) -> Made:
    """Build tokenizer and language model, teach the model, write both as a transformers folder.

    `template`, `grid` and `place` are the recipe's, so that the model meets in training what it met here. What was cut
    short goes on from the snapshots beside `folder`.
    """
    settle(SEED, "language")
    speech = Speech(words(template), template)
    ends: dict[str, Any] = {"bos_token_id": speech.tokenizer.bos_token_id, "eos_token_id": speech.closing}
    language = LlamaForCausalLM(LlamaConfig(**MODEL, **ends, vocab_size=len(speech.tokenizer)))
    copy_first(language)
    symbols = Symbols(language, speech, grid, place)
    measured, course = teach(symbols, LESSONS, Exercises(SEED + 1, PICTURES), folder.parent / "snapshots", report)
    for parameter in language.parameters():
        parameter.data = parameter.data.half().float()
    measured |= {f"skill/{name}": share for name, share in skills(symbols.eval()).items()}
    folder.mkdir(parents=True, exist_ok=True)
    language.config.save_pretrained(folder)
    speech.tokenizer.save_pretrained(folder)
    weights = {name: parameter.detach().half() for name, parameter in language.named_parameters()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    measured |= {"steps": float(sum(lesson.steps for lesson in LESSONS))}
    return Made({f"language/{path.name}": path for path in sorted(folder.iterdir())}, measured, course)


@torch.no_grad()
def copy_first(language: LlamaForCausalLM) -> None:
    """Let attention copy what it looks at before anything is learned: W_V = W_O = `COPIED` I + `SHAKEN` of the draw.

    A model that must learn to copy each of seventy characters by itself sees too few of each. (The idea of a structured
    start: mimetic initialisation, arXiv 2305.09828, which sets W_V W_O and W_Q W_K near multiples of the identity.)
    """
    for name, weight in language.named_parameters():
        if name.endswith(("v_proj.weight", "o_proj.weight")):
            weight.mul_(SHAKEN).add_(COPIED * torch.eye(len(weight)))


def teach(
    symbols: Symbols,
    lessons: Sequence[Lesson],
    about: Exercises,
    snapshots: Path,
    report: Report,
) -> tuple[dict[str, float], ByStage]:
    """Teach the lessons in order, from where an earlier run stopped; return the last loss and the course of each.

    The effective rank is that of the hidden states behind the last layer's norm, of all places of a step's exercises.
    """
    total, done, last, course = sum(lesson.steps for lesson in lessons), 0, {}, {}
    for lesson in lessons:
        named = dict(symbols.named_parameters())
        steering = Steering(named, lesson.rate, lesson.steps, snapshots / lesson.name, lesson.name)
        for step in range(steering.resume(), lesson.steps):
            with listening({"language": symbols.language.model.norm}, (step + 1) % WINDOW == 0) as ranks:
                loss = symbols.loss(lesson.ask(about, step), lesson.name, step, told=(steering.kinds, steering.marks))
            report(done + step + 1, total, f"{lesson.name}: {steering.step(loss, ranks)}")
        steering.keep()
        done += lesson.steps
        last[f"loss/{lesson.name}"] = steering.last
        last["seconds"] = last.get("seconds", 0.0) + steering.seconds
        course |= steering.course()
    return last, course


def words(template: str) -> PreTrainedTokenizerFast:
    """Build the tokenizer from what is said about the first pictures."""
    ones = list(mixture.compose(SEED, LEXICON_PICTURES))
    turns = [turn for one in ones for turn in one.turns]
    questions = [question for question, _ in turns] + [SHORT_SUFFIX, CAPTION_PROMPT]
    answers = [*(f" {answer}" for _, answer in turns), *(f" {one.drawn.caption}" for one in ones)]
    return lexicon.build(questions, answers, template)


@torch.inference_mode()
def skills(
    symbols: Symbols, count: int = HELD_OUT, seed: int = SEED + 2, report: Callable[[int, int], None] | None = None
) -> dict[str, float]:
    """Return the share of right answers about other symbolic pictures, per kind of question."""
    right: dict[str, list[bool]] = defaultdict(list)
    about = Exercises(seed, count)
    for number, (one, held) in enumerate(about.stock):
        for turn, tag in zip(one.turns, one.tags, strict=True):
            laid = symbols.lay([Exercise(held, [Turn(*turn)])])
            said, true = symbols.answers(laid, symbols.paint(laid.words, "held out", number))
            right[tag].append(bool((said == true).all()))
        if report:
            report(number + 1, count)
    return {tag: sum(marks) / len(marks) for tag, marks in sorted(right.items())}
