"""Attention is read where the answer begins, over the picture's tokens, and moves with what is masked."""

import numpy as np
import pytest
import torch

from harness.errors import HarnessError
from harness.predict.attention import attention
from harness.predict.predict import Predictor
from harness.predict.prompt import lay_out
from harness.run.attend_task import compared
from harness.run.request import Looked
from harness.schema.subset import EMPTY, Subset
from tests.harness.nouns import DECODING

QUESTIONS = 3


@pytest.fixture(scope="module")
def predictor(checkpoint):
    return Predictor(checkpoint, DECODING)


@pytest.fixture(scope="module")
def prompts(predictor, asked, protocol):
    return lay_out(asked[:QUESTIONS], protocol, predictor.speech, 64)


def test_attention_is_that_of_the_formula(predictor, asked, prompts):
    """Compute the last layer's softmax by hand, from what comes into it, for the last position."""
    features = predictor.features(asked[:QUESTIONS], lambda done, total: None)
    visual = predictor.visual(features, predictor.training.trained)
    (look,) = attention(predictor.engine, prompts[:1], visual)
    language = predictor.engine.language
    caught = {}
    last = language.model.layers[-1]
    handle = last.self_attn.register_forward_pre_hook(
        lambda module, words, named: caught.update(named), with_kwargs=True
    )
    with torch.inference_mode():
        language(inputs_embeds=predictor.engine.embed(prompts[0], visual)[None], use_cache=False)
        handle.remove()
        states, (cosine, sine) = caught["hidden_states"], caught["position_embeddings"]
        queries, keys = (
            project(states)[0].unflatten(-1, (2, -1)).transpose(0, 1)
            for project in (last.self_attn.q_proj, last.self_attn.k_proj)
        )
        queries, keys = (_turned(one, cosine, sine) for one in (queries, keys))
        seen = (queries[:, -1:] @ keys.transpose(1, 2) / queries.shape[-1] ** 0.5).softmax(-1).mean(0)[0]
    slots = prompts[0].slots[0]
    np.testing.assert_allclose(look, seen[slots.start : slots.end].numpy(), rtol=0, atol=1e-5)
    assert 0 < look.sum() < 1


def _turned(states: torch.Tensor, cosine: torch.Tensor, sine: torch.Tensor) -> torch.Tensor:
    """Turn by rotary positions: (a, b) -> (a cos - b sin, b cos + a sin), halves of the channels."""
    first, second = states.chunk(2, -1)
    return states * cosine + torch.cat([-second, first], -1) * sine


def test_the_view_that_masks_nothing_looks_where_the_full_one_does_and_the_others_do_not(predictor, asked, prompts):
    trained = predictor.training.trained
    kept = [trained, *(Subset.model_validate(name) for name in trained.names), EMPTY]
    views = [Looked(kept=one, mask=None) for one in kept]
    rows = list(compared(predictor, asked[:QUESTIONS], prompts, views))
    assert rows[0]["divergence"] == pytest.approx(0, abs=1e-9)
    assert all(row["divergence"] > 1e-6 for row in rows[1:])
    assert len({row["on_picture_of_full"] for row in rows}) == 1


def test_a_question_without_a_picture_looks_at_none(predictor, asked, protocol):
    (blind,) = lay_out(asked[:1], protocol, predictor.speech, 64, blind=True)
    with pytest.raises(HarnessError, match="shows no picture"):
        attention(predictor.engine, [blind], {})
