"""The plain engine and the tower answer on a GPU what they answer on a CPU."""

import pytest
import torch

from harness.predict.attention import attention
from harness.predict.predict import Predictor
from harness.predict.prompt import lay_out
from harness.schema.subset import Subset
from tests.harness.nouns import DECODING

pytestmark = pytest.mark.gpu
BOTH, QUESTIONS = "clip+pix2struct", 64


def silence(done: int, total: int) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def predictors(checkpoint, settings):
    return [Predictor(checkpoint, DECODING, accelerator) for accelerator in ("cpu", "cuda")]


@pytest.mark.parametrize(("kept", "mask"), [(BOTH, None), ("clip", None), ("clip", "mean"), ("clip", "noise")])
def test_a_gpu_gives_the_tokens_of_a_cpu(predictors, asked, protocol, miniature, kept, mask):
    answers = []
    for predictor in predictors:
        features = predictor.features(asked[:QUESTIONS], silence)
        visual = predictor.visual(features, Subset.parse(kept, miniature.recipe.pool), mask)
        assert {one.device.type for one in visual.values()} == {"cpu"}
        answers.append(predictor.answer(asked[:QUESTIONS], protocol, visual, silence).predictions)
    by_cpu, by_gpu = answers
    assert [one.tokens for one in by_cpu] == [one.tokens for one in by_gpu]
    for one, other in zip(by_cpu, by_gpu, strict=True):
        assert one.margins == pytest.approx(other.margins, abs=1e-3)


def test_answers_look_at_the_same_places(predictors, asked, protocol):
    looks = []
    for predictor in predictors:
        features = predictor.features(asked[:8], silence)
        prompts = lay_out(asked[:8], protocol, predictor.speech, predictor.training.visual_tokens)
        looks.append(attention(predictor.engine, prompts, predictor.visual(features, predictor.training.trained)))
    for one, other in zip(*looks, strict=True):
        torch.testing.assert_close(torch.from_numpy(one), torch.from_numpy(other), rtol=1e-3, atol=1e-5)
