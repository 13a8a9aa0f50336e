"""Compare where the answers of masked views look, in a child process: one encoding of the pictures for all views."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.card import Sample
from benchmarks.load import load
from benchmarks.table import find
from harness.analyse.attention_divergence import divergence
from harness.errors import UsageError
from harness.predict.attention import attention
from harness.predict.features import Features
from harness.predict.predict import Predictor
from harness.predict.prompt import Prompt, lay_out
from harness.predict.reference_engine import ReferenceEngine
from harness.run.request import AttendRequest, Finished, Looked
from harness.run.worker import Tell, reporter, serve

Looks = Sequence[NDArray[np.float64]]


def attend(request: AttendRequest, tell: Tell) -> None:
    """Tell the figures of each view, in the order asked.

    Raises:
        UsageError: fewer than two questions show a picture.
    """
    card, mirror = find(request.benchmark), Path(request.mirror) if request.mirror else None
    shown = (one for one in load(card, mirror).samples if one.pictures)
    samples = list(islice(shown, request.questions))
    if len(samples) < 2:
        raise UsageError(f"attend needs two questions with a picture or more; {card.name} gives {len(samples)}")
    decoding = request.decoding.model_copy(update={"engine": "reference"})
    predictor = Predictor(Path(request.checkpoint), decoding, request.accelerator)
    prompts = lay_out(samples, card.protocol(request.protocol), predictor.speech, predictor.training.visual_tokens)
    report = reporter(tell, f"{card.name}: views")
    for index, figures in enumerate(compared(predictor, samples, prompts, request.views)):
        tell(Finished(index=index, files={}, metrics=figures, curves={}))
        report(index + 1, len(request.views))


def compared(
    predictor: Predictor, samples: Sequence[Sample], prompts: Sequence[Prompt], views: Sequence[Looked]
) -> Iterator[dict[str, float]]:
    """Hold the looks of each view against those of the full model, question by question.

    The standard error is that of the mean over questions, not clustered by picture.
    """
    features = predictor.features(samples, lambda done, total: None)
    full = _looks(predictor, prompts, features, Looked(kept=predictor.training.trained, mask=None))
    for one in views:
        looks = _looks(predictor, prompts, features, one)
        apart = np.array([divergence(*pair) for pair in zip(full, looks, strict=True)])
        yield {
            "divergence": float(apart.mean()),
            "standard_error": float(apart.std(ddof=1) / np.sqrt(len(apart))),
            "reversed": float(np.mean([divergence(*pair) for pair in zip(looks, full, strict=True)])),
            "on_picture": float(np.mean([look.sum() for look in looks])),
            "on_picture_of_full": float(np.mean([look.sum() for look in full])),
            "questions": float(len(apart)),
        }


def _looks(predictor: Predictor, prompts: Sequence[Prompt], features: Features, seen: Looked) -> Looks:
    assert isinstance(predictor.engine, ReferenceEngine)
    return attention(predictor.engine, prompts, predictor.visual(features, seen.kept, seen.mask))


if __name__ == "__main__":
    serve(AttendRequest, attend)
