"""What a token sees: its picture, its own past, and of other turns exactly what the layout says."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.data.batch import IGNORED, PADDING, Batch, Line, collate, line
from harness.data.conversation import Turn
from harness.errors import InvalidEvidence
from harness.model.vlm import answer_logits

SLOTS = 64
PICTURE = (1, 1 + SLOTS)
TURNS = (
    Turn("What colour is the ring?", "red"),
    Turn("How many?", "12"),
    Turn("Which letter stands in the box?", "Q"),
)

segments = st.lists(st.lists(st.sampled_from([PADDING, 0, 1, 2, 3]), min_size=6, max_size=6), min_size=1, max_size=3)


def laid_out(rows: list[Line]) -> Batch:
    return collate([torch.zeros(3, 2, 2)] * len(rows), rows, PICTURE)


def made(rows: list[list[int]]) -> Batch:
    tensor = torch.tensor(rows)
    return Batch(torch.empty(0), tensor, tensor, tensor, tensor, (0, 0))


@given(segments)
def test_a_token_sees_the_shared_segment_and_its_own_past_and_nothing_else(rows):
    seen = made(rows).attention(torch.float32)[:, 0] == 0
    for row, sees in zip(rows, seen.tolist(), strict=True):
        for query, key in ((q, k) for q in range(len(row)) for k in range(len(row))):
            wanted = query == key or (key < query and row[key] in (0, row[query]) and row[key] != PADDING)
            assert sees[query][key] == wanted


@given(segments)
def test_no_row_of_the_mask_is_empty_and_what_is_unseen_weighs_nothing(rows):
    mask = made(rows).attention(torch.float32)
    weights = mask.softmax(-1)
    assert torch.isfinite(weights).all()
    assert (weights[mask != 0] == 0).all()


@given(segments)
def test_the_mask_says_the_same_in_every_precision(rows):
    full, half = (made(rows).attention(dtype) == 0 for dtype in (torch.float32, torch.bfloat16))
    assert torch.equal(full, half)


@torch.inference_mode()
def test_independent_turns_are_computed_as_if_each_stood_alone(miniature):
    """Compare in float32: sums over more masked keys may round differently, by less than 1e-4 of logits around 10."""
    model, speech = miniature.model(), miniature.speech()
    visual = torch.randn(1, SLOTS, model.language.config.hidden_size, generator=torch.Generator().manual_seed(0))
    together, labels = answer_logits(model.language, visual, laid_out([line(TURNS, speech, SLOTS, "independent", 512)]))
    alone = [
        answer_logits(model.language, visual, laid_out([line([turn], speech, SLOTS, "independent", 512)]))
        for turn in TURNS
    ]
    assert torch.equal(labels, torch.cat([wanted for _, wanted in alone]))
    torch.testing.assert_close(together, torch.cat([logits for logits, _ in alone]), rtol=0, atol=1e-4)


@torch.inference_mode()
def test_sequential_turns_see_the_earlier_ones(miniature):
    model, speech = miniature.model(), miniature.speech()
    visual = torch.randn(1, SLOTS, model.language.config.hidden_size, generator=torch.Generator().manual_seed(0))

    def last(turns, layout) -> torch.Tensor:
        batch = laid_out([line(turns, speech, SLOTS, layout, 512)])
        return answer_logits(model.language, visual, batch)[0][-len(speech.answer(TURNS[-1].answer)) :]

    changed = (Turn("Is it green?", "yes"), *TURNS[1:])
    assert (last(TURNS, "sequential") - last(changed, "sequential")).abs().max() > 1e-2
    torch.testing.assert_close(last(TURNS, "independent"), last(changed, "independent"), rtol=0, atol=1e-4)
    first, alone = (line(turns, speech, SLOTS, "sequential", 512) for turns in (TURNS, TURNS[:1]))
    assert first.tokens[: len(alone.tokens)] == alone.tokens


@torch.inference_mode()
def test_padding_changes_no_logit(miniature):
    model, speech = miniature.model(), miniature.speech()
    width = model.language.config.hidden_size
    visual = torch.randn(2, SLOTS, width, generator=torch.Generator().manual_seed(0))
    short, long = (line(turns, speech, SLOTS, "independent", 512) for turns in (TURNS[:1], TURNS))
    padded, _ = answer_logits(model.language, visual, laid_out([short, long]))
    alone, _ = answer_logits(model.language, visual[:1], laid_out([short]))
    torch.testing.assert_close(padded[: len(alone)], alone, rtol=0, atol=1e-4)


@pytest.mark.parametrize("layout", ["independent", "sequential"])
def test_labels_are_the_answers_with_their_end_and_nothing_else(miniature, layout):
    speech = miniature.speech()
    batch = laid_out([line(TURNS, speech, SLOTS, layout, 512)])
    wanted = [token for turn in TURNS for token in speech.answer(turn.answer)]
    assert batch.labels[batch.labels != IGNORED].tolist() == wanted
    # A label is the token that comes next.
    places = (batch.labels[0] != IGNORED).nonzero().flatten()
    assert torch.equal(batch.labels[0, places], batch.tokens[0, places + 1])


def test_positions_restart_with_each_independent_turn_and_run_on_in_sequential_ones(miniature):
    speech = miniature.speech()
    independent = line(TURNS, speech, SLOTS, "independent", 512)
    starts = [independent.segments.index(number) for number in (1, 2, 3)]
    assert [independent.positions[start] for start in starts] == [SLOTS + 1] * 3
    sequential = line(TURNS, speech, SLOTS, "sequential", 512)
    assert sequential.positions == list(range(len(sequential.tokens)))


def test_a_turn_that_does_not_fit_is_left_out_and_a_first_one_is_refused(miniature):
    speech = miniature.speech()
    needed = len(line(TURNS[:2], speech, SLOTS, "sequential", 512).tokens)
    assert line(TURNS, speech, SLOTS, "sequential", needed) == line(TURNS[:2], speech, SLOTS, "sequential", 512)
    with pytest.raises(InvalidEvidence, match="does not fit 70: 'What colour is the ring"):
        line(TURNS, speech, SLOTS, "sequential", 70)
