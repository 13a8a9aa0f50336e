"""A question is asked exactly as training asked it, with as many pictures as its protocol shows."""

from dataclasses import replace

import torch

from benchmarks.layout import first_picture_only, pictures_at_marks
from harness.data.batch import line
from harness.data.conversation import Turn
from harness.predict.prompt import Slots, lay_out
from harness.predict.vllm_engine import request
from tests.harness.predict.conftest import sample

SLOTS = 64


def test_a_prompt_is_what_training_laid_out_before_the_answer(miniature, asked, protocol):
    speech = miniature.speech()
    for one, prompt in zip(asked, lay_out(asked, protocol, speech, SLOTS), strict=True):
        trained = line([Turn(one.question, "yes")], speech, SLOTS, "independent", 512)
        assert [*prompt.tokens, *speech.answer("yes")] == trained.tokens
        assert trained.positions == list(range(len(trained.tokens)))
        start = len(speech.opening)
        assert prompt.slots == (Slots(start, start + SLOTS, one.pictures[0].digest),)
        assert prompt.sample_id == one.id


def test_a_question_without_a_picture_has_no_slots(miniature, protocol):
    speech = miniature.speech()
    (prompt,) = lay_out([sample("t", "why?", None)], protocol, speech, SLOTS)
    assert list(prompt.tokens) == [*speech.opening, *speech.question("why?")]
    assert prompt.slots == ()


def test_a_request_marks_the_picture_s_rows_and_leaves_the_words_to_the_engine(miniature, asked, protocol):
    for number, prompt in enumerate(lay_out(asked[:3], protocol, miniature.speech(), 4), start=1):
        visual = {prompt.slots[0].picture: torch.full((4, 6), float(number))}
        form = request(prompt, visual, 6)
        assert form["prompt_token_ids"] == list(prompt.tokens)
        assert (~form["prompt_is_token_ids"]).nonzero().flatten().tolist() == [1, 2, 3, 4]
        assert form["prompt_embeds"][1:5].eq(number).all()
        assert form["prompt_embeds"].sum() == number * 24


def _two(asked, question="why?"):
    return replace(sample("two", question, asked[0].pictures[0]), pictures=(asked[0].pictures[0], asked[1].pictures[0]))


def test_all_pictures_stand_before_the_words_in_order(miniature, asked, protocol):
    speech = miniature.speech()
    (prompt,) = lay_out([_two(asked)], protocol, speech, SLOTS)
    assert list(prompt.tokens) == [*speech.opening, *[0] * (2 * SLOTS), *speech.question("why?")]
    first, second = (picture.digest for picture in _two(asked).pictures)
    assert prompt.slots == (Slots(1, 1 + SLOTS, first), Slots(1 + SLOTS, 1 + 2 * SLOTS, second))
    assert prompt.pictures == (first, second)


def test_a_protocol_that_shows_the_first_picture_asks_as_if_there_were_one(miniature, asked, protocol):
    speech, first_only = miniature.speech(), replace(protocol, layout=first_picture_only)
    alone = replace(_two(asked), pictures=_two(asked).pictures[:1])
    assert lay_out([_two(asked)], first_only, speech, SLOTS) == lay_out([alone], protocol, speech, SLOTS)


def test_pictures_among_the_words_part_them_and_leave_one_template_around_them(miniature, asked, protocol):
    speech, at_marks = miniature.speech(), replace(protocol, layout=pictures_at_marks)
    (prompt,) = lay_out([_two(asked, "is <image 2> like <image 1>")], at_marks, speech, 2)
    first, second = (picture.digest for picture in _two(asked).pictures)
    assert prompt.pictures == (second, first)
    words = [token for place, token in enumerate(prompt.tokens) if not _in_a_slot(place, prompt)]
    pieces = speech.pieces(["is ", " like ", ""])
    assert words == [*speech.opening, *(token for piece in pieces for token in piece)]
    assert prompt.tokens[-len(pieces[-1]) :] == tuple(pieces[-1])
    assert prompt.slots[1].end == len(prompt.tokens) - len(pieces[-1])


def _in_a_slot(place, prompt):
    return any(slots.start <= place < slots.end for slots in prompt.slots)


def test_the_pieces_of_a_question_hold_one_template(miniature):
    speech = miniature.speech()
    assert speech.pieces(["why?"]) == [speech.question("why?")]
    assert "".join(speech.text(piece) for piece in speech.pieces(["why", "?"])) == speech.text(speech.question("why?"))


def test_a_request_gives_each_picture_its_own_rows(miniature, asked, protocol):
    (prompt,) = lay_out([_two(asked)], protocol, miniature.speech(), 4)
    visual = {digest: torch.full((4, 6), float(number)) for number, digest in enumerate(prompt.pictures, start=1)}
    form = request(prompt, visual, 6)
    assert (~form["prompt_is_token_ids"]).nonzero().flatten().tolist() == list(range(1, 9))
    assert form["prompt_embeds"][1:9, 0].tolist() == [1.0] * 4 + [2.0] * 4


def test_a_blind_prompt_has_the_words_and_no_picture(miniature, asked, protocol):
    speech = miniature.speech()
    for one, prompt in zip(asked, lay_out(asked, protocol, speech, SLOTS, blind=True), strict=True):
        assert list(prompt.tokens) == [*speech.opening, *speech.question(one.question)]
        assert prompt.slots == ()


def test_a_blind_prompt_joins_the_words_that_pictures_parted(miniature, asked, protocol):
    speech, at_marks = miniature.speech(), replace(protocol, layout=pictures_at_marks)
    (prompt,) = lay_out([_two(asked, "is <image 2> like <image 1>")], at_marks, speech, SLOTS, blind=True)
    assert list(prompt.tokens) == [*speech.opening, *speech.question("is  like ")]
