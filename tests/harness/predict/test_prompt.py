"""A question is asked exactly as training asked it."""

import torch

from harness.data.batch import line
from harness.data.conversation import Turn
from harness.predict.prompt import lay_out
from harness.predict.vllm_engine import request
from tests.harness.predict.conftest import sample

SLOTS = 64


def test_a_prompt_is_what_training_laid_out_before_the_answer(miniature, asked, protocol):
    speech = miniature.speech()
    for one, prompt in zip(asked, lay_out(asked, protocol, speech, SLOTS), strict=True):
        trained = line([Turn(one.question, "yes")], speech, SLOTS, "independent", 512)
        assert [*prompt.tokens, *speech.answer("yes")] == trained.tokens
        assert trained.positions == list(range(len(trained.tokens)))
        assert prompt.slots == (len(speech.opening), len(speech.opening) + SLOTS)
        assert (prompt.sample_id, prompt.picture) == (one.id, one.pictures[0].digest)


def test_a_question_without_a_picture_has_no_slots(miniature, protocol):
    speech = miniature.speech()
    (prompt,) = lay_out([sample("t", "why?", None)], protocol, speech, SLOTS)
    assert list(prompt.tokens) == [*speech.opening, *speech.question("why?")]
    assert (prompt.slots, prompt.picture) == ((1, 1), None)


def test_a_request_marks_the_picture_s_rows_and_leaves_the_words_to_the_engine(miniature, asked, protocol):
    for number, prompt in enumerate(lay_out(asked[:3], protocol, miniature.speech(), 4), start=1):
        visual = {prompt.picture: torch.full((4, 6), float(number))}
        form = request(prompt, visual, 6)
        assert form["prompt_token_ids"] == list(prompt.tokens)
        assert (~form["prompt_is_token_ids"]).nonzero().flatten().tolist() == [1, 2, 3, 4]
        assert form["prompt_embeds"][1:5].eq(number).all()
        assert form["prompt_embeds"].sum() == number * 24
