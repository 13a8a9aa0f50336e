"""Two encoders of the real architecture go forward and backward on a CPU, with random weights."""

import pytest
import torch

from harness.encoders.build import build
from harness.encoders.table import find

# The windowed detector reads any side that cuts into whole windows; 256 px is one window, and seconds on a CPU.
SIDES = {"clip": 336, "eva02": 256}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SIDES))
def test_the_real_architecture_learns_from_every_block(name):
    side = SIDES[name]
    card = find(name, "full")
    spec = card.spec.model_copy(update={"side_px": side, "grid": side // card.spec.stride_px})
    torch.manual_seed(0)
    encoder = build(spec).train()
    encoder.checkpoint_activations()
    tokens = encoder(torch.rand(1, 3, side, side))
    assert tokens.shape == (1, spec.grid**2, spec.channels)
    tokens.square().mean().backward()
    silent = {name for name, parameter in encoder.inner.named_parameters() if parameter.grad is None}
    # The pooled output's norm is published with CLIP and plays no part in the tokens.
    assert silent <= {"post_layernorm.weight", "post_layernorm.bias"}
    assert all(torch.isfinite(p.grad).all() and p.grad.any() for p in encoder.parameters() if p.grad is not None)
