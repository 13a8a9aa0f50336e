"""Name the steps behind every number: train, predict, score; and before them, once, the making of the shared parts.

`code` counts the versions of the code behind a step. It is raised by hand in the commit that changes numbers, which the
commit's trailer and the changelog then say; nothing else invalidates finished work when a file is edited.
"""

from collections.abc import Mapping

from benchmarks.card import Benchmark
from harness.run.step import Step
from harness.schema.decoding import DecodingSpec
from harness.schema.entry import Entry
from harness.schema.frozen import digest_of
from harness.schema.recipe import Training

CODE = {"pretrain": "1", "train": "1", "predict": "1", "score": "1"}


def pretrain(part: str, made: Mapping[str, str]) -> Step:
    """Name the making of a shared part by what was made: the same files again are the same step.

    Nobody skips it because it is done: it is done again to see whether it gives the same.
    """
    identity = {"code": CODE["pretrain"], "part": part, **{f"made {name}": digest for name, digest in made.items()}}
    return Step("pretrain", f"pre-train {part}", identity)


def train(training: Training) -> Step:
    """Name the training of one subset."""
    recipe = training.recipe
    identity = {
        "code": CODE["train"],
        "trained": training.trained.slug,
        "seed": str(training.seed),
        "encoders": digest_of([spec.plain() for spec in training.encoders]),
        "language": recipe.language.digest,
        "canvas": recipe.canvas.digest,
        "fusion": recipe.fusion.digest,
        "projector": recipe.projector.digest,
        **{f"stage {stage.name}": stage.digest for stage in recipe.stages},
    }
    return Step("train", f"train {training.trained} (seed {training.seed})", identity)


def predict(
    entry: Entry,
    weights: str,
    protocol: str,
    decoding: DecodingSpec,
    benchmark: Benchmark,
    samples: str,
    prompts: str,
) -> Step:
    """Name the answers of one checkpoint to one benchmark under one mask."""
    identity = {
        "code": CODE["predict"],
        "weights": weights,
        "entry": entry.digest,
        "benchmark": f"{benchmark.name} {benchmark.version}",
        "protocol": protocol,
        "samples": samples,
        "prompts": prompts,
        "decoding": decoding.digest,
    }
    return Step("predict", f"answer {benchmark.name} with {entry.model}", identity)


def score(entry: Entry, predictions: str, benchmark: Benchmark, protocol: str) -> Step:
    """Name the score of one file of predictions (by its SHA-256) under the card's current rules."""
    identity = {
        "code": CODE["score"],
        "predictions": predictions,
        "benchmark": f"{benchmark.name} {benchmark.version}",
        "protocol": protocol,
    }
    return Step("score", f"score {benchmark.name} of {entry.model}", identity)
