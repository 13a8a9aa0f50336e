"""Interpolation written as products of matrices is torch's interpolation."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from harness.encoders.resample import Mode, resampled, weights

SIDES = st.integers(2, 40)


@given(SIDES, SIDES, st.sampled_from([("bilinear", True), ("bicubic", False)]))
def test_two_products_with_the_weights_are_what_torch_makes_of_a_map(old: int, new: int, how: tuple[Mode, bool]):
    mode, align = how
    plane = torch.rand(2, 3, old, old, generator=torch.Generator().manual_seed(old * 41 + new))
    once = weights(old, new, mode, align)
    torch.testing.assert_close(
        once @ plane @ once.T, interpolate(plane, size=(new, new), mode=mode, align_corners=align)
    )


@given(SIDES, SIDES)
def test_weights_of_each_new_place_add_to_one(old: int, new: int):
    for mode, align in (("bilinear", True), ("bicubic", False)):
        torch.testing.assert_close(weights(old, new, mode, align).sum(1), torch.ones(new))


@pytest.mark.parametrize("align", [True, False])
def test_on_a_cpu_it_is_torch_s_own_to_the_last_bit(align):
    plane = torch.rand(1, 2, 9, 9)
    expected = interpolate(plane, size=(5, 5), mode="bilinear", align_corners=align)
    assert torch.equal(resampled(plane, 5, "bilinear", align), expected)
