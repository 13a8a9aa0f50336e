"""Measure what encoding each picture once is worth, and how long the first answer takes.

400 questions over 20 pictures of 336 px, 576 tokens each as CLIP ViT-L/14-336 gives them, are asked twice of one engine
in one process: by the prediction path (each picture encoded once, its keys and values shared by its questions), and as
a loop over questions does it (encode, project, ask; batch 1, nothing shared). The encoder has CLIP's input and tokens
and a width that a CPU can bear. Weights are random: neither time nor sameness depends on what a model has learned.

Goals: 5 times less wall time; 6 s to the first answer, files in the disk cache, told twice: from the start of the
process, where most of the time is the imports of torch, transformers and vLLM, and from their end. Met or not met is
printed, since wall time is the machine's; only answers that differ end in an exit code other than 0.
"""

import argparse
import io
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.card import Picture, Protocol, Sample
from harness.encoders.build import build
from harness.model.checkpoint import save
from harness.model.tower import Tower
from harness.model.vlm import Vlm
from harness.predict.predict import Answered, Predictor
from harness.predict.vllm_engine import VllmEngine
from harness.schema.decoding import DecodingSpec
from harness.schema.encoder import EncoderSpec, Weights
from harness.schema.recipe import Canvas, Fusion, Training
from harness.schema.subset import Subset
from harness.train.seed import settle
from tests.harness import miniature
from tests.harness.nouns import mark

SIDE_PX, PATCH_PX, GRID = 336, 14, 24
ENCODER = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6, "num_attention_heads": 6}
LANGUAGE = {"hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 4, "num_attention_heads": 4}
CONTEXT = 1024
FASTER, FIRST_ANSWER_S = 5.0, 6.0
DECODING = DecodingSpec(engine="vllm", temperature=0, dtype="float32", batch_invariant=False, seed=0, max_new_tokens=4)
PROTOCOL = Protocol(
    name="cambrian",
    prompt=lambda sample: sample.question,
    mark=mark,
    pool=lambda samples, marks: 0.0,
    max_new_tokens=DECODING.max_new_tokens,
    source="a bench",
)


@dataclass(frozen=True, slots=True)
class Run:
    """Hold one way's answers, in sample order, and what they cost."""

    tokens: tuple[tuple[int, ...], ...]
    seconds: float
    encoded: int


class Counter:
    """Count the pictures that go through an encoder."""

    def __init__(self, module: nn.Module):
        self.pictures = 0
        module.register_forward_hook(self)

    def __call__(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.pictures += len(output)


def questions(pictures: int, a_picture: int) -> list[Sample]:
    """Ask each of the pictures, blocks of random colours, the same number of questions."""
    dice = np.random.default_rng(0)
    samples = []
    for number in range(pictures):
        encoded = io.BytesIO()
        blocks = Image.fromarray(dice.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        blocks.resize((SIDE_PX, SIDE_PX), Image.Resampling.NEAREST).save(encoded, "PNG")
        picture = Picture.of(encoded.getvalue())
        samples += [
            Sample(
                id=f"{number}.{at}",
                question=f"What stands in row {at} of picture {number}?",
                pictures=(picture,),
                choices=(),
                answers=("yes",),
                category="",
                kind="",
                cluster=picture.digest,
            )
            for at in range(a_picture)
        ]
    return samples


def checkpoint(small: miniature.Miniature, folder: Path) -> Path:
    """Write a checkpoint with CLIP's token count: the miniature's recipe on another canvas, with other widths."""
    settle("bench")
    recipe = small.recipe.model_copy(
        update={
            "canvas": Canvas(side_px=SIDE_PX, fit="pad", fill=(0.5, 0.5, 0.5)),
            "fusion": Fusion(kind="channel_concat", grid=GRID, normalise=True),
            "language": small.recipe.language.model_copy(update={"max_length": CONTEXT}),
        }
    )
    clip = EncoderSpec(
        name="clip",
        family="clip",
        architecture={**ENCODER, "patch_size": PATCH_PX},
        weights=Weights(location="none", revision="random", sha256="0" * 64),
        side_px=SIDE_PX,
        stride_px=PATCH_PX,
        grid=GRID,
        channels=ENCODER["hidden_size"],
        mean=small.encoders["clip"].mean,
        std=small.encoders["clip"].std,
    )
    words = miniature.tokenizer()
    config = LlamaConfig(
        **LANGUAGE,
        vocab_size=len(words),
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.4,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
    )
    tower = Tower([build(clip)], recipe.fusion, recipe.projector, LANGUAGE["hidden_size"])
    trained = Training(trained=Subset.parse("clip", recipe.pool), encoders=(clip,), recipe=recipe, seed=0)
    save(Vlm(tower, LlamaForCausalLM(config)), trained, small.speech(), folder)
    return folder


def measured(predictor: Predictor, answer: Callable[[], list[Answered]]) -> Run:
    """Time one way of answering, from a cache that holds nothing."""
    assert isinstance(predictor.engine, VllmEngine)
    predictor.engine.model.reset_prefix_cache()
    counter = Counter(predictor.tower.encoders["clip"])
    began = time.perf_counter()
    answered = answer()
    seconds = time.perf_counter() - began
    return Run(tuple(one.tokens for part in answered for one in part.predictions), seconds, counter.pictures)


def ours(predictor: Predictor, samples: list[Sample]) -> list[Answered]:
    """Answer as `harness evaluate` does."""
    visual = predictor.visual(predictor.features(samples, silence), predictor.training.trained)
    return [predictor.answer(samples, PROTOCOL, visual, silence)]


def question_by_question(predictor: Predictor, samples: list[Sample]) -> list[Answered]:
    """Answer as a loop over questions does, with the same encoder and the same engine."""
    assert isinstance(predictor.engine, VllmEngine)
    answered = []
    for sample in samples:
        if len(answered) % 40 == 0:
            sys.stderr.write(f"question by question: {len(answered)} of {len(samples)}\n")
        answered += ours(predictor, [sample])
        predictor.engine.model.reset_prefix_cache()
    return answered


def silence(done: int, total: int) -> None:
    """Tell nobody."""


def first_answer_s(folder: Path, starts: int) -> tuple[float, float]:
    """Return the shortest of a few wall times to the first answer: from the process's start, from its last import."""

    def start() -> tuple[float, float]:
        began = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-m", "tests.bench.first_answer", str(folder)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            word, inside, *_ = process.stdout.readline().decode().split()
            assert word == "answer"
            return time.perf_counter() - began, float(inside)

    seen = [start() for _ in range(starts)]
    return min(whole for whole, _ in seen), min(inside for _, inside in seen)


def main() -> int:
    """Run both ways and the starts, and print what came out."""
    words = argparse.ArgumentParser(description="Encode once against question by question, and the first answer.")
    words.add_argument("--pictures", type=int, default=20)
    words.add_argument("--questions", type=int, default=20, help="questions a picture")
    words.add_argument("--starts", type=int, default=3, help="how often a process is started; the quickest counts")
    asked = words.parse_args()
    with TemporaryDirectory() as scratch:
        small = miniature.make(Path(scratch) / "project")
        tiny = Path(scratch) / "tiny"
        save(small.model(), small.training(), small.speech(), tiny)
        whole, inside = first_answer_s(tiny, asked.starts)
        predictor = Predictor(checkpoint(small, Path(scratch) / "clip"), DECODING)
        samples = questions(asked.pictures, asked.questions)
        ours(predictor, samples[:1])
        once = measured(predictor, lambda: ours(predictor, samples))
        each = measured(predictor, lambda: question_by_question(predictor, samples))
    same = sum(one == other for one, other in zip(once.tokens, each.tokens, strict=True))
    ratio = each.seconds / once.seconds
    lines = [
        f"{'':24}{'pictures encoded':>18}{'wall time':>12}",
        f"{'our path':24}{once.encoded:>18,}{once.seconds:>10.1f} s",
        f"{'question by question':24}{each.encoded:>18,}{each.seconds:>10.1f} s",
        f"times less wall time: {ratio:.1f} (goal: at least {FASTER:.0f}) {met(ratio >= FASTER)}",
        f"same answers: {same} of {len(samples)}, {len(set(once.tokens))} different ones {met(same == len(samples))}",
        f"process start to first answer: {whole:.1f} s (goal: {FIRST_ANSWER_S:.0f} s) {met(whole <= FIRST_ANSWER_S)}",
        f"imports done to first answer: {inside:.1f} s (goal: {FIRST_ANSWER_S:.0f} s) {met(inside <= FIRST_ANSWER_S)}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if same == len(samples) else 1


def met(reached: bool) -> str:
    """Say whether a goal is reached."""
    return "met" if reached else "NOT MET"


if __name__ == "__main__":
    sys.exit(main())
