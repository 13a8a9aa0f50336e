"""Dropping encoders in training is masking them, at random, and never happens to a model that answers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.encoders.table import TINY
from harness.model.encoder_dropout import EncoderDropout

SPECS = tuple(card.spec for card in TINY[:3])
WIDTHS = [spec.channels for spec in SPECS]


def fused(pictures: int) -> torch.Tensor:
    return 1 + torch.rand(pictures, 4, sum(WIDTHS), generator=torch.Generator().manual_seed(0))


def dropped(share: float, seed: int, pictures: int = 50) -> torch.Tensor:
    torch.manual_seed(seed)
    return EncoderDropout(share, SPECS).train()(fused(pictures))


@given(st.floats(0.01, 0.99), st.integers(0, 99))
def test_a_slice_is_dropped_whole_or_kept_as_it_is_and_no_picture_loses_all(share, seed):
    kept = []
    for before, after in zip(fused(50).split(WIDTHS, -1), dropped(share, seed).split(WIDTHS, -1), strict=True):
        whole = (after == before).flatten(1).all(1)
        assert torch.equal(whole, after.flatten(1).any(1))
        kept.append(whole)
    assert torch.stack(kept).any(0).all()


def test_encoders_are_dropped_as_often_as_the_recipe_says():
    """Count 3,000 slices: at 0.3 a slice goes with probability 0.3 - 0.3**3, since no picture loses all three."""
    after = dropped(0.3, 0, 1000)
    gone = torch.stack([~part.flatten(1).any(1) for part in after.split(WIDTHS, -1)]).float().mean()
    assert float(gone) == pytest.approx(0.3 - 0.3**3, abs=0.04)


def test_the_draw_follows_the_seed():
    assert torch.equal(dropped(0.5, 1), dropped(0.5, 1))
    assert not torch.equal(dropped(0.5, 1), dropped(0.5, 2))


def test_nothing_is_dropped_from_a_model_that_answers():
    seen = fused(8)
    assert EncoderDropout(0.9, SPECS).eval()(seen) is seen
