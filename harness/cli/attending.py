"""Do what `harness attend` asks: how far masking moves the answer's look at the picture, view by view."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from benchmarks.card import Sample
from benchmarks.table import find
from harness.analyse.attention_divergence import SMOOTHING, divergence
from harness.cli.screen import Screen, answer, columns
from harness.config.compose import compose
from harness.config.places import resolve
from harness.errors import UsageError
from harness.predict.attention import attention
from harness.predict.features import Features
from harness.predict.predict import Predictor
from harness.predict.prompt import Prompt, lay_out
from harness.predict.reference_engine import ReferenceEngine
from harness.run.reproduce import Workplace
from harness.schema import view
from harness.schema.subset import Subset
from harness.schema.view import Mask, View

Looks = Sequence[NDArray[np.float64]]
FIGURES = ("divergence", "standard_error", "reversed", "on_picture", "on_picture_of_full")
NAMES = ("view", ">KL, nats", ">± s.e.", ">KL reversed", ">on the picture", ">of the full model", ">n")


def attend(
    subset: str, benchmark: str, overrides: Sequence[str], keep: str, mask: Mask, questions: int, as_json: bool
) -> int:
    """Print the divergence of each masked view of a trained subset from its unmasked view.

    Raises:
        UsageError: the subset is not trained, a view masks nothing, or fewer than two questions show a picture.
    """
    study, card = compose(overrides), find(benchmark)
    trained = Subset.parse(subset, study.recipe.pool)
    views = [one for one in view.select(keep, mask, trained, study.recipe.pool) if one.mask != "blind"]
    if not views or any(one.kept == trained for one in views):
        raise UsageError(f"attend compares masked views with the full one, and '{keep}' masks nothing of '{trained}'")
    with Screen() as screen:
        place = Workplace(study, resolve(study.store.folder), screen)
        checkpoint = place.local.checkpoint(place.trained(trained)).folder
        samples = list(islice((one for one in place.local.load(card).samples if one.pictures), questions))
        if len(samples) < 2:
            raise UsageError(f"attend needs two questions with a picture or more; {card.name} gives {len(samples)}")
        predictor = Predictor(checkpoint, study.decoding.model_copy(update={"engine": "reference"}))
        prompts = lay_out(samples, card.protocol(study.protocol), predictor.speech, predictor.training.visual_tokens)
        found = compared(predictor, samples, prompts, views)
    rows = [(str(one["view"]), *(f"{one[name]:.4f}" for name in FIGURES), f"{len(samples):,}") for one in found]
    caption = f"KL(full || masked), the last layer's attention over visual tokens, smoothed by {SMOOTHING:g}"
    answer(found, columns(f"Attention divergence of {trained} on {card.title}", NAMES, rows, caption), as_json)
    return 0


def compared(
    predictor: Predictor, samples: Sequence[Sample], prompts: Sequence[Prompt], views: Sequence[View]
) -> list[dict[str, str | float]]:
    """Hold the looks of each view against those of the full model, question by question: one encoding, one table.

    The standard error is that of the mean over questions, not clustered by picture.
    """
    features = predictor.features(samples, lambda done, total: None)
    full = _looks(predictor, prompts, features, View(predictor.training.trained))
    found: list[dict[str, str | float]] = []
    for one in views:
        looks = _looks(predictor, prompts, features, one)
        apart = np.array([divergence(*pair) for pair in zip(full, looks, strict=True)])
        back = [divergence(*pair) for pair in zip(looks, full, strict=True)]
        error = apart.std(ddof=1) / np.sqrt(len(apart))
        shares = (np.mean([look.sum() for look in seen]) for seen in (looks, full))
        figures = (apart.mean(), error, np.mean(back), *shares)
        name = f"keeps {one.kept}{f' by {one.mask}' if one.mask else ''}"
        found.append({"view": name, **dict(zip(FIGURES, map(float, figures), strict=True))})
    return found


def _looks(predictor: Predictor, prompts: Sequence[Prompt], features: Features, seen: View) -> Looks:
    assert isinstance(predictor.engine, ReferenceEngine)
    return attention(predictor.engine, prompts, predictor.visual(features, seen.kept, seen.mask))
