"""Answer one benchmark with one checkpoint under one mask: encode once, project, ask, collect."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.card import Protocol, Sample
from harness.data.speech import Speech
from harness.model.checkpoint import LANGUAGE, load_speaker, load_speech_of, load_tower, read_training
from harness.model.tower import Tower
from harness.predict.engine import Engine, Progress
from harness.predict.features import Features, encode, project
from harness.predict.prompt import lay_out
from harness.predict.reference_engine import ReferenceEngine
from harness.predict.vllm_engine import VllmEngine
from harness.schema.canary import Canary, chosen
from harness.schema.decoding import DecodingSpec
from harness.schema.entry import Operator
from harness.schema.machine import Accelerator
from harness.schema.prediction import Prediction
from harness.schema.recipe import Canvas, Training
from harness.schema.subset import Subset

BATCH = 32
"""Prompts that the plain engine decodes together."""
PICTURES_AT_ONCE = 64
PIXELS_AT_ONCE = 4 * 1024**2
"""Ours: SAM keeps T x T numbers a head and picture, 1 GB in float32 for one of 1024 px."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Hold the answers, and what they cost: prompt tokens in all, and those whose keys and values were reused.

    `canaries` holds the likeliest first tokens of the chosen questions, in sample order.
    """

    predictions: tuple[Prediction, ...]
    canaries: tuple[Canary, ...]
    prompted: int
    cached: int


class Predictor:
    """Hold one loaded checkpoint with its engine; features stay for every benchmark and mask asked of it."""

    def __init__(self, checkpoint: Path, decoding: DecodingSpec, accelerator: Accelerator = "cpu"):
        self.training: Training = read_training(checkpoint)
        self.decoding = decoding
        self.tower: Tower = load_tower(checkpoint).to(torch.device(accelerator))
        self.speech: Speech = load_speech_of(checkpoint)
        length = self.training.recipe.language.max_length
        self.engine: Engine = open_engine(checkpoint, decoding, length, accelerator)

    def features(self, samples: Sequence[Sample], report: Progress) -> Features:
        """Encode each picture of the samples, once; one set of features serves every protocol."""
        pictures = [picture for sample in samples for picture in sample.pictures]
        canvas = self.training.recipe.canvas
        return encode(self.tower, canvas, pictures, at_once(canvas), report)

    def visual(self, features: Features, kept: Subset, operator: Operator | None = None) -> dict[str, Tensor]:
        """Return each picture's embeddings (N, H) under a mask."""
        return project(self.tower, features, kept, at_once(self.training.recipe.canvas), operator)

    def answer(
        self,
        samples: Sequence[Sample],
        protocol: Protocol,
        visual: dict[str, Tensor],
        report: Progress,
        blind: bool = False,
    ) -> Answered:
        """Ask every question, those on the same pictures together, and collect the answers in sample order.

        `blind` asks without the pictures: the same words, and no slots.
        """
        slots = self.training.visual_tokens
        wanted = chosen(sample.id for sample in samples)
        laid_out = lay_out(samples, protocol, self.speech, slots, blind)
        prompts = [replace(prompt, canary=prompt.sample_id in wanted) for prompt in laid_out]
        together = sorted(range(len(prompts)), key=lambda index: (prompts[index].pictures, index))
        limit = min(protocol.max_new_tokens, self.decoding.max_new_tokens)
        answers = self.engine.answer([prompts[index] for index in together], visual, limit, report)
        predictions = {
            index: Prediction(
                prompts[index].sample_id,
                self.speech.text(list(answer.tokens)),
                answer.tokens,
                answer.margins,
                answer.finish,
            )
            for index, answer in zip(together, answers, strict=True)
        }
        canaries = {
            index: Canary(
                sample_id=prompts[index].sample_id,
                tokens=tuple(token for token, _ in answer.first),
                log_probabilities=tuple(value for _, value in answer.first),
            )
            for index, answer in zip(together, answers, strict=True)
            if prompts[index].canary
        }
        return Answered(
            predictions=tuple(predictions[index] for index in range(len(prompts))),
            canaries=tuple(canaries[index] for index in sorted(canaries)),
            prompted=sum(len(prompt.tokens) for prompt in prompts),
            cached=sum(answer.cached for answer in answers),
        )


def at_once(canvas: Canvas) -> int:
    """Return how many pictures go through the encoders together: as many as `PIXELS_AT_ONCE` hold, at most 64."""
    return max(min(PICTURES_AT_ONCE, PIXELS_AT_ONCE // canvas.side_px**2), 1)


def open_engine(checkpoint: Path, decoding: DecodingSpec, max_length: int, accelerator: Accelerator = "cpu") -> Engine:
    """Open the engine that the decoding names, on the checkpoint's language model."""
    engines: dict[str, Callable[[], Engine]] = {
        "vllm": lambda: VllmEngine(checkpoint / LANGUAGE, decoding, max_length, accelerator),
        "reference": lambda: _reference(checkpoint, decoding, accelerator),
    }
    return engines[decoding.engine]()


def _reference(checkpoint: Path, decoding: DecodingSpec, accelerator: Accelerator) -> ReferenceEngine:
    language, speech = load_speaker(checkpoint)
    # `to` of a transformers model is typed as a function of the class that it wraps.
    moved: Any = language.to(torch.device(accelerator), getattr(torch, decoding.dtype))  # pyright: ignore[reportArgumentType]
    # A prompt that is alone has no neighbours to depend on.
    return ReferenceEngine(moved, speech.closing, 1 if decoding.batch_invariant else BATCH)
