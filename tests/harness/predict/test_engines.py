"""Two engines, one answer: vLLM is held against a plain greedy loop, and that against the model's own logits."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from benchmarks.layout import first_picture_only, pictures_at_marks
from harness.errors import HarnessError
from harness.model.checkpoint import LANGUAGE, load_speaker
from harness.predict.predict import Predictor
from harness.predict.prompt import lay_out
from harness.predict.reference_engine import ReferenceEngine
from harness.schema.canary import BEST, Canaries, chosen
from harness.schema.subset import Subset
from harness.verify.canaries import compare
from tests.harness.nouns import DECODING
from tests.harness.predict.conftest import QUESTIONS_A_PICTURE, sample

BOTH = "clip+pix2struct"
SHARD = "100KB"


def silence(done: int, total: int) -> None:
    """Tell nobody."""


def answered(predictor, samples, protocol, pool, kept=BOTH):
    features = predictor.features(samples, silence)
    return predictor.answer(samples, protocol, predictor.visual(features, Subset.parse(kept, pool)), silence)


@pytest.fixture(scope="module")
def reference(checkpoint):
    return Predictor(checkpoint, DECODING)


@pytest.fixture(scope="module")
def expected(reference, asked, protocol, miniature):
    return answered(reference, asked, protocol, miniature.recipe.pool)


def test_answers_come_in_sample_order_and_differ_from_question_to_question(asked, expected):
    assert [one.sample_id for one in expected.predictions] == [one.id for one in asked]
    assert len({one.tokens for one in expected.predictions}) > 100
    assert all(len(one.margins) == len(one.tokens) for one in expected.predictions)


def test_an_answer_ends_at_the_closing_token_or_at_the_limit(miniature, expected, protocol):
    closing = miniature.speech().closing
    for one in expected.predictions:
        assert (closing in one.tokens) == (one.finish == "stop")
        assert closing not in one.tokens[:-1]
        assert one.finish == "stop" or len(one.tokens) == protocol.max_new_tokens


def test_the_reference_engine_answers_alike_alone_and_in_a_batch(checkpoint, reference, asked, protocol, miniature):
    language, speech = load_speaker(checkpoint)
    visual = reference.visual(reference.features(asked[:40], silence), Subset.parse(BOTH, miniature.recipe.pool))
    prompts = lay_out(asked[:40], protocol, speech, 64)
    alone, together = (
        ReferenceEngine(language, speech.closing, batch).answer(prompts, visual, 8, silence) for batch in (1, 32)
    )
    assert [answer.tokens for answer in alone] == [answer.tokens for answer in together]
    for one, other in zip(alone, together, strict=True):
        assert one.margins == pytest.approx(other.margins, abs=1e-3)


def test_the_reference_engine_computes_in_the_precision_that_it_is_asked_for(checkpoint, expected, asked, protocol):
    """bfloat16 keeps 8 bits: leads move far more than by float32's rounding, and by far less than a nat."""
    halved = Predictor(checkpoint, DECODING.model_copy(update={"dtype": "bfloat16"}))
    found = answered(halved, asked[:40], protocol, halved.training.recipe.pool)
    moved = [
        abs(one.margins[0] - other.margins[0])
        for one, other in zip(found.predictions, expected.predictions, strict=False)
    ]
    assert 1e-3 < max(moved) < 0.5
    assert np.median(moved) < 0.1


def test_a_batch_invariant_answer_is_the_same_bit_for_bit_whoever_else_is_asked(
    checkpoint, expected, asked, protocol, miniature
):
    assert DECODING.batch_invariant
    others = answered(Predictor(checkpoint, DECODING), asked[7:20], protocol, miniature.recipe.pool)
    assert others.predictions == expected.predictions[7:20]


@torch.inference_mode()
def test_each_token_is_the_model_s_best_and_its_margin_the_lead_over_the_next(reference, expected, asked, protocol):
    engine = reference.engine
    visual = _visual(reference, asked[:12])
    for prompt, one in zip(lay_out(asked[:12], protocol, reference.speech, 64), expected.predictions, strict=False):
        prefix = engine.embed(prompt, visual)
        said = engine.language.get_input_embeddings()(torch.tensor(one.tokens))
        logits = engine.language(inputs_embeds=torch.cat([prefix, said])[None]).logits[0, len(prefix) - 1 : -1]
        best = logits.log_softmax(-1).topk(2)
        assert best.indices[:, 0].tolist() == list(one.tokens)
        assert (best.values[:, 0] - best.values[:, 1]).tolist() == pytest.approx(one.margins, abs=1e-3)


def _pairs(asked):
    return [
        replace(one, id=f"p{at}", pictures=(one.pictures[0], other.pictures[0]))
        for at, (one, other) in enumerate(zip(asked[:12], asked[12:24], strict=True))
    ]


def test_every_picture_of_a_question_is_encoded_and_seen(reference, asked, protocol, miniature):
    pairs = _pairs(asked)
    swapped = [replace(one, pictures=one.pictures[::-1]) for one in pairs]
    assert reference.features(pairs, silence).encoded == len({p.digest for one in pairs for p in one.pictures})
    in_order, reverse, first_only = (
        answered(reference, samples, shown, miniature.recipe.pool).predictions
        for samples, shown in (
            (pairs, protocol),
            (swapped, protocol),
            (pairs, replace(protocol, layout=first_picture_only)),
        )
    )
    alone = [replace(one, pictures=one.pictures[:1]) for one in pairs]
    margins = [[answer.margins for answer in answers] for answers in (in_order, reverse, first_only)]
    assert margins[0] != margins[1]
    assert margins[0] != margins[2]
    assert first_only == answered(reference, alone, protocol, miniature.recipe.pool).predictions


def test_the_canaries_are_chosen_by_their_ids_and_begin_as_the_answers_do(asked, expected):
    heard = Canaries(header="0" * 64, rows=expected.canaries)
    assert {one.sample_id for one in heard.rows} == chosen(one.id for one in asked)
    said = {one.sample_id: one for one in expected.predictions}
    for one in heard.rows:
        assert len(one.tokens) == BEST
        assert one.tokens[0] == said[one.sample_id].tokens[0]
        lead = one.log_probabilities[0] - one.log_probabilities[1]
        assert lead == pytest.approx(said[one.sample_id].margins[0], abs=1e-4)


@pytest.mark.slow
def test_vllm_s_canaries_are_the_plain_loop_s(expected, found):
    before, after = (Canaries(header="0" * 64, rows=one.canaries) for one in (expected, found))
    heard = compare(before, after, "float32", "R2")
    assert not heard.strayed, heard.said


def _visual(predictor, samples):
    return predictor.visual(predictor.features(samples, silence), Subset.parse(BOTH, predictor.training.recipe.pool))


@pytest.fixture(scope="module")
def vllm(checkpoint, tmp_path_factory):
    """Read the language model from shards, which is how a large one is saved; the plain loop reads it in one piece."""
    sharded = shutil.copytree(checkpoint, tmp_path_factory.mktemp("sharded") / "made")
    load_speaker(checkpoint)[0].save_pretrained(sharded / LANGUAGE, max_shard_size=SHARD)
    (sharded / LANGUAGE / "model.safetensors").unlink(missing_ok=True)
    assert len(list((sharded / LANGUAGE).glob("*.safetensors"))) > 1
    return Predictor(sharded, DECODING.model_copy(update={"engine": "vllm"}))


@pytest.fixture(scope="module")
def found(vllm, asked, protocol, miniature):
    return answered(vllm, asked, protocol, miniature.recipe.pool)


@pytest.mark.slow
def test_vllm_says_the_same_tokens_as_the_plain_loop(expected, found):
    """Compare 272 prompts in float32, each behind the 64 embeddings of its picture."""
    assert len(found.predictions) >= 256
    for one, other in zip(found.predictions, expected.predictions, strict=True):
        assert (one.sample_id, one.tokens, one.text, one.finish) == (
            other.sample_id,
            other.tokens,
            other.text,
            other.finish,
        )


@pytest.mark.slow
def test_vllm_s_margins_are_the_plain_loop_s(expected, found):
    for one, other in zip(found.predictions, expected.predictions, strict=True):
        assert one.margins == pytest.approx(other.margins, abs=1e-3)


@pytest.mark.slow
def test_vllm_without_its_kernels_is_batch_invariant_on_a_cpu(vllm, found, asked, protocol, miniature):
    pool = miniature.recipe.pool
    few = answered(vllm, asked[7:20], protocol, pool).predictions
    alone = tuple(answered(vllm, [one], protocol, pool).predictions[0] for one in asked[7:20])
    assert few == alone == found.predictions[7:20]


@pytest.mark.slow
def test_questions_on_one_picture_share_its_keys_and_values(found, asked):
    """Expect the picture's 65 first positions, rounded down to whole blocks of 32, for all questions but the first."""
    shared = (QUESTIONS_A_PICTURE - 1) * 34 * 64
    assert shared <= found.cached <= found.prompted
    assert found.prompted > len(asked) * 65


@pytest.mark.slow
def test_pictures_and_masks_are_kept_apart_by_the_cache(vllm, reference, asked, protocol, miniature):
    pool = miniature.recipe.pool
    for kept in ("clip", "pix2struct", BOTH):
        one, other = (answered(predictor, asked[:40], protocol, pool, kept) for predictor in (vllm, reference))
        assert [answer.tokens for answer in one.predictions] == [answer.tokens for answer in other.predictions]


@pytest.mark.slow
def test_a_question_without_a_picture_is_answered_alike(vllm, reference, protocol, miniature):
    samples = [sample(f"t{number}", f"what is {number} + {number}?", None) for number in range(8)]
    one, other = (answered(predictor, samples, protocol, miniature.recipe.pool) for predictor in (vllm, reference))
    assert [answer.tokens for answer in one.predictions] == [answer.tokens for answer in other.predictions]


@pytest.mark.slow
def test_a_prompt_beyond_the_context_is_refused_before_anything_is_asked(vllm, asked, protocol, miniature):
    endless = replace(asked[0], question="how many? " * 300)
    with pytest.raises(HarnessError, match="do not fit the context of 512"):
        answered(vllm, [asked[1], endless], protocol, miniature.recipe.pool)


@pytest.mark.slow
def test_questions_with_two_pictures_are_answered_alike_wherever_the_pictures_stand(vllm, reference, asked, protocol):
    marked = [replace(one, question=f"<image 2> or <image 1>? {one.question}") for one in _pairs(asked)]
    pool = reference.training.recipe.pool
    for shown in (protocol, replace(protocol, layout=pictures_at_marks)):
        one, other = (answered(predictor, marked, shown, pool) for predictor in (vllm, reference))
        assert [answer.tokens for answer in one.predictions] == [answer.tokens for answer in other.predictions]
