"""The canvas is one for all encoders: its size, its range, and where a picture lands on it."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from harness.data.canvas import paint
from harness.schema.recipe import Canvas

PAD = Canvas(side_px=32, fit="pad", fill=(0.5, 0.25, 0.75))
STRETCH = PAD.model_copy(update={"fit": "stretch"})
sides = st.integers(1, 90)


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@given(sides, sides, st.sampled_from([PAD, STRETCH]))
def test_any_picture_becomes_a_square_of_values_between_zero_and_one(width, height, canvas):
    painted = paint(noise(width, height), canvas)
    assert painted.shape == (3, 32, 32)
    assert painted.dtype == torch.float32
    assert 0 <= painted.min() <= painted.max() <= 1


@given(st.sampled_from([PAD, STRETCH]))
def test_a_picture_of_the_canvas_size_passes_unchanged(canvas):
    picture = noise(32, 32)
    assert torch.equal(paint(picture, canvas), torch.tensor(np.array(picture)).permute(2, 0, 1) / 255)


@given(st.integers(1, 40))
def test_a_square_picture_is_treated_alike_by_both_fits(side):
    assert torch.equal(paint(noise(side, side), PAD), paint(noise(side, side), STRETCH))


@pytest.mark.parametrize(("size", "rows"), [((32, 16), (8, 24)), ((32, 8), (12, 20))])
def test_padding_centres_the_picture_between_bands_of_the_fill(size, rows):
    painted = paint(Image.new("RGB", size, (255, 255, 255)), PAD)
    fill = torch.tensor([round(255 * value) / 255 for value in PAD.fill])[:, None, None]
    top, bottom = rows
    assert (painted[:, top:bottom] == 1).all()
    assert torch.equal(painted[:, :top], fill.expand(3, top, 32))
    assert torch.equal(painted[:, bottom:], fill.expand(3, 32 - bottom, 32))


def test_padding_is_the_same_for_a_picture_on_its_side():
    wide = noise(32, 10)
    turned = wide.transpose(Image.Transpose.TRANSPOSE)
    assert torch.equal(paint(wide, PAD).transpose(1, 2), paint(turned, PAD))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "CMYK"])
def test_a_picture_of_any_mode_is_painted_as_its_rgb(mode):
    picture = noise(32, 32).convert(mode)
    assert torch.equal(paint(picture, PAD), paint(picture.convert("RGB"), PAD))
