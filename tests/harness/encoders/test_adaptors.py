"""Every adaptor keeps the promises of its card, whatever its library calls things."""

import pytest
import torch
from transformers import Pix2StructImageProcessor, Pix2StructImageProcessorPil

from harness.encoders.build import build, load_encoder
from harness.encoders.pix2struct import Pix2Struct
from harness.encoders.table import TINY
from harness.errors import InvalidEvidence
from tests.harness.miniature import pinned

every_encoder = pytest.mark.parametrize("card", TINY, ids=lambda card: card.spec.name)


def canvas(batch: int = 2, side: int = 64, seed: int = 0) -> torch.Tensor:
    return torch.rand(batch, 3, side, side, generator=torch.Generator().manual_seed(seed))


@every_encoder
def test_tokens_have_the_shape_that_the_specification_states(card):
    tokens = build(card.spec).eval()(canvas())
    assert tokens.shape == (2, card.spec.grid**2, card.spec.channels)


@every_encoder
def test_the_card_counts_the_parameters_of_the_encoder_as_built(card):
    assert sum(parameter.numel() for parameter in build(card.spec).parameters()) == card.parameters


@every_encoder
@torch.inference_mode()
def test_a_canvas_of_another_side_is_resized_by_the_adaptor(card, miniature):
    encoder = load_encoder(miniature.encoders[card.spec.name], miniature.root).eval()
    larger = canvas(side=112)
    side = card.spec.side_px
    resized = torch.nn.functional.interpolate(larger, size=(side, side), mode="bicubic", antialias=True).clamp(0, 1)
    assert torch.equal(encoder(larger), encoder(resized))


@every_encoder
@torch.inference_mode()
def test_a_picture_is_encoded_alike_whatever_its_neighbours(card, miniature):
    encoder = load_encoder(miniature.encoders[card.spec.name], miniature.root).eval()
    both = encoder(canvas(batch=2))
    alone = encoder(canvas(batch=2)[:1])
    torch.testing.assert_close(both[:1], alone, rtol=1e-4, atol=1e-5)


@every_encoder
@torch.inference_mode()
def test_a_uniform_canvas_gives_numbers(card, miniature):
    encoder = load_encoder(miniature.encoders[card.spec.name], miniature.root).eval()
    for value in (0.0, 0.5, 1.0):
        assert torch.isfinite(encoder(torch.full((1, 3, 64, 64), value))).all()


@every_encoder
@pytest.mark.parametrize(("row", "column"), [(1, 1), (1, 6), (6, 1), (5, 3)])
@torch.inference_mode()
def test_tokens_stand_in_raster_order(card, row, column, miniature):
    """Blacken one cell of the picture: what moves lies around that cell, counted row by row.

    With random weights a token also looks at others, so the place is the mean of all cells, weighed by the fourth
    power of how far each token moved.
    """
    spec = miniature.encoders[card.spec.name]
    encoder, side = load_encoder(spec, miniature.root).eval(), spec.side_px // spec.grid
    plain = canvas(batch=1)
    touched = plain.clone()
    touched[:, :, row * side : (row + 1) * side, column * side : (column + 1) * side] = 0
    moved = (encoder(touched) - encoder(plain)).norm(dim=-1)[0]
    weights = (moved / moved.max()) ** 4
    steps = torch.arange(spec.grid, dtype=torch.float32)
    places = torch.cartesian_prod(steps, steps)
    found = (weights[:, None] * places).sum(0) / weights.sum()
    assert (found - torch.tensor([row, column])).abs().max() < 1.5


@torch.inference_mode()
def test_pix2struct_cuts_the_patches_that_transformers_cuts():
    """Compare with both of transformers' processors on a picture that neither has to resize.

    The one on numpy standardises by the population's deviation, as the original does and as we do; the one on torch
    by the sample's, which is larger by sqrt(n / (n - 1)), n = 3 x 64 x 64: 4e-5 of each value.
    """
    spec = next(card.spec for card in TINY if card.spec.name == "pix2struct")
    picture = (canvas(batch=1) * 255).round()
    size = {"height": spec.stride_px, "width": spec.stride_px}
    on_numpy, on_torch = (
        kind(patch_size=size, max_patches=spec.grid**2)(images=picture[0].byte(), return_tensors="pt")
        for kind in (Pix2StructImageProcessorPil, Pix2StructImageProcessor)
    )
    encoder = build(spec)
    assert isinstance(encoder, Pix2Struct)
    ours = encoder.patches(encoder.prepare(picture / 255))
    torch.testing.assert_close(ours, on_numpy.flattened_patches, rtol=0, atol=4e-6)
    values = picture[0].numel()
    torch.testing.assert_close(
        ours[..., 2:] * ((values - 1) / values) ** 0.5, on_torch.flattened_patches[..., 2:], rtol=0, atol=4e-6
    )
    for theirs in (on_numpy, on_torch):
        assert torch.equal(ours[..., :2], theirs.flattened_patches[..., :2])
        assert theirs.attention_mask.all()


@every_encoder
def test_weights_of_another_digest_are_refused_with_both_digests(card, miniature):
    spec = card.spec.model_copy(update={"weights": card.spec.weights.model_copy(update={"sha256": "a" * 64})})
    found = miniature.encoders[card.spec.name].weights.sha256
    with pytest.raises(InvalidEvidence, match=f"(?s){'a' * 64}.*{found}"):
        load_encoder(spec, miniature.root)


def test_absent_and_torn_weights_are_refused(miniature, tmp_path):
    spec = miniature.encoders["clip"]
    with pytest.raises(InvalidEvidence, match=spec.weights.sha256):
        load_encoder(spec, tmp_path)
    path = tmp_path / spec.weights.location
    path.parent.mkdir(parents=True)
    path.write_bytes((miniature.root / spec.weights.location).read_bytes()[:5000])
    with pytest.raises(InvalidEvidence, match=spec.weights.sha256):
        load_encoder(spec, tmp_path)
    with pytest.raises(InvalidEvidence, match="no safetensors file"):
        load_encoder(spec.model_copy(update={"weights": pinned(spec.weights, path)}), tmp_path)


def test_weights_of_another_architecture_are_refused(miniature):
    clip, sam = miniature.encoders["clip"], miniature.encoders["sam"]
    with pytest.raises(InvalidEvidence, match="weights of 'clip' do not fit"):
        load_encoder(clip.model_copy(update={"weights": sam.weights}), miniature.root)
