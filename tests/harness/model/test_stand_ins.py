"""What stands for a masked encoder: its mean token, or noise of its moments, the same for a picture wherever it is."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from harness.model.masking import mask
from harness.model.stand_ins import AT_ONCE, mean_tokens, moments, noise_tokens
from harness.schema.subset import EMPTY, Subset


def tokens(seed: int, pictures: int = 3, places: int = 4, channels: int = 5) -> torch.Tensor:
    draw = torch.Generator().manual_seed(seed)
    return 3 + 2 * torch.randn(pictures, places, channels, generator=draw)


def test_the_moments_of_a_hand_solved_case():
    found = moments(torch.tensor([[[1.0, 0.0], [3.0, 0.0]], [[5.0, 0.0], [7.0, 8.0]]]))
    assert found.mean.tolist() == [4.0, 2.0]
    torch.testing.assert_close(found.deviation, torch.tensor([5.0, 12.0]).sqrt())


@given(st.integers(0, 50), st.integers(1, 2 * AT_ONCE + 3))
def test_moments_are_those_of_all_tokens_together(seed, pictures):
    seen = tokens(seed, pictures)
    found, flat = moments(seen), seen.flatten(0, 1).double()
    torch.testing.assert_close(found.mean.double(), flat.mean(0), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(found.deviation.double(), flat.std(0, correction=0), rtol=1e-6, atol=1e-6)


@given(st.integers(0, 50))
def test_a_mean_token_says_nothing_of_one_picture_or_place(seed):
    seen = tokens(seed)
    stood = mean_tokens(seen, moments(seen))
    assert stood.shape == seen.shape
    assert torch.equal(stood, stood[:1, :1].expand_as(stood))
    torch.testing.assert_close(moments(stood.contiguous()).mean, moments(seen).mean)


def test_noise_has_the_moments_of_the_encoder():
    """State the tolerance: over 200 x 64 draws a mean lies within 0.1 of its channel's, a deviation within 5 %."""
    seen = tokens(0, 200, 64)
    of = moments(seen)
    found = moments(noise_tokens(seen, of, "clip", [str(number) for number in range(200)]))
    torch.testing.assert_close(found.mean, of.mean, rtol=0, atol=0.1)
    torch.testing.assert_close(found.deviation, of.deviation, rtol=0.05, atol=0)


@given(st.permutations(["a", "b", "c"]))
def test_the_noise_of_a_picture_is_a_function_of_its_digest_and_the_encoder(pictures):
    seen = tokens(1)
    of = moments(seen)
    drawn = dict(zip(pictures, noise_tokens(seen, of, "clip", pictures), strict=True))
    alone = {picture: noise_tokens(seen[:1], of, "clip", [picture])[0] for picture in pictures}
    assert all(torch.equal(drawn[picture], alone[picture]) for picture in pictures)
    assert not torch.equal(drawn["a"], drawn["b"])
    assert not torch.equal(drawn["a"], noise_tokens(seen[:1], of, "sam", ["a"])[0])


@pytest.mark.parametrize("kept", [EMPTY, Subset.model_validate("clip")])
def test_stand_ins_take_the_place_of_what_is_masked_and_of_nothing_else(kept):
    seen = {"clip": tokens(0), "sam": tokens(1)}
    stand_ins = {name: tokens(7) for name in seen if name not in kept}
    masked = mask(seen, kept, stand_ins)
    for name, stood in masked.items():
        assert torch.equal(stood, seen[name] if name in kept else stand_ins[name])
