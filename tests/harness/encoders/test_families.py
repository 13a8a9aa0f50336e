"""What the families of the real sizes add: windows, resampled positions, a new neck, recomputed activations."""

import pytest
import timm
import torch
from torch.nn.functional import pixel_unshuffle

from harness.encoders.build import build
from harness.encoders.eva02_detector import WindowedEva
from tests.harness.encoders.small import DETECTOR, DINOV2, SHORT_SAM, SIGLIP, SMALL

every_family = pytest.mark.parametrize("spec", SMALL, ids=lambda spec: f"{spec.family}-{spec.channels}")


def pixels(side: int, batch: int = 2) -> torch.Tensor:
    return torch.rand(batch, 3, side, side, generator=torch.Generator().manual_seed(1))


def awake(encoder: torch.nn.Module) -> torch.nn.Module:
    """Draw weights next to zero anew, so that everything has something to say."""
    generator = torch.Generator().manual_seed(2)
    for parameter in encoder.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.2, generator=generator)
    return encoder


@pytest.mark.parametrize("spec", [SIGLIP, DINOV2, DETECTOR, SHORT_SAM], ids=lambda spec: spec.family)
def test_tokens_have_the_grid_and_width_of_the_specification(spec):
    assert build(spec).eval()(pixels(64)).shape == (2, spec.grid**2, spec.channels)


@every_family
def test_recomputed_activations_change_no_loss_and_no_gradient(spec):
    encoder, canvas = awake(build(spec)).train(), pixels(spec.side_px)
    gradients = []
    for wanted in (False, True):
        encoder.checkpoint_activations(wanted)
        encoder.zero_grad()
        loss = encoder(canvas).square().mean()
        loss.backward()
        gradients.append([loss.detach()] + [p.grad.clone() for p in encoder.parameters() if p.grad is not None])
    plain, again = gradients
    assert len(plain) == len(again) > 10
    assert all(torch.equal(one, other) for one, other in zip(plain, again, strict=True))


@every_family
def test_an_encoder_computes_in_the_precision_of_its_weights(spec):
    encoder = awake(build(spec)).eval().bfloat16()
    tokens = encoder(pixels(spec.side_px))
    assert tokens.dtype == torch.bfloat16
    assert torch.isfinite(tokens).all()


@every_family
def test_a_frozen_encoder_asks_for_no_gradient(spec):
    encoder = build(spec).requires_grad_(False)
    assert not encoder(pixels(spec.side_px)).requires_grad


@torch.no_grad()
def test_a_window_sees_nothing_of_its_neighbours():
    plain, touched = pixels(64, 1), pixels(64, 1)
    touched[..., :32, :32] = 0
    moved = {}
    for every in (5, 2):
        encoder = awake(WindowedEva(64, 8, 40, window=4, every=every, embed_dim=48, depth=4, num_heads=3)).eval()
        moved[every] = (encoder(touched) - encoder(plain)).abs().amax(-1).view(8, 8)
    # Of four blocks none is a fifth: nothing leaves the first window. Every second one looks everywhere.
    assert (moved[5][:4, :4] > 0).all()
    assert (moved[5][4:] == 0).all()
    assert (moved[5][:, 4:] == 0).all()
    assert (moved[2] > 0).all()


@torch.no_grad()
def test_blocks_that_all_look_everywhere_are_those_of_timm():
    theirs = awake(
        timm.create_model(
            "eva02_large_patch14_448",
            pretrained=False,
            num_classes=0,
            class_token=False,
            global_pool="avg",
            img_size=64,
            patch_size=8,
            embed_dim=48,
            depth=3,
            num_heads=3,
        )
    ).eval()
    ours = WindowedEva(64, 8, 64, window=4, every=1, embed_dim=48, depth=3, num_heads=3).eval()
    weights = {name: value for name, value in theirs.state_dict().items() if not name.startswith("fc_norm")}
    place = torch.cat([torch.zeros(1, 1, 48), weights["pos_embed"]], dim=1)
    ours.load_state_dict({**weights, "pos_embed": place})
    torch.testing.assert_close(ours(pixels(64)), theirs.forward_features(pixels(64)), rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_positions_of_the_training_side_are_taken_as_they_are():
    native = WindowedEva(40, 8, 40, window=5, every=1, embed_dim=48, depth=1, num_heads=3)
    assert torch.equal(native._positions().flatten(2).transpose(1, 2), native.pos_embed[:, 1:])
    other = WindowedEva(80, 8, 40, window=5, every=1, embed_dim=48, depth=1, num_heads=3)
    torch.nn.init.constant_(other.pos_embed, 3.0)
    # A resampled constant is the same constant.
    torch.testing.assert_close(other._positions(), torch.full((1, 48, 10, 10), 3.0))


@torch.no_grad()
def test_the_short_neck_is_one_convolution_and_its_norm_and_four_neighbours_become_one_token():
    encoder = awake(build(SHORT_SAM)).eval()
    names = {name for name in encoder.inner.state_dict() if name.startswith("neck.")}
    assert names == {"neck.conv1.weight", "neck.layer_norm1.weight", "neck.layer_norm1.bias"}
    plane = encoder.inner(encoder.prepare(pixels(64))).last_hidden_state
    assert plane.shape == (2, 24, 8, 8)
    assert torch.equal(encoder(pixels(64)), pixel_unshuffle(plane, 2).flatten(2).transpose(1, 2))
