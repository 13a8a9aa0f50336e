"""The seven encoders of the studies run forward and back on a GPU at their real resolution, with random weights."""

import pytest
import torch

from harness.encoders.build import build
from harness.encoders.full import FULL
from harness.train.seed import settle

pytestmark = pytest.mark.gpu
PICTURES = 2
# What is published with an encoder and plays no part in its tokens: CLIP's last norm, SigLIP's pooling head, and the
# token that DINOv2 shows in the place of a hidden patch.
SILENT = ("post_layernorm.", "head.", "embeddings.mask_token")


@pytest.mark.parametrize("card", FULL, ids=lambda card: card.spec.name)
def test_an_encoder_learns_from_every_block_at_its_real_resolution(card, record_property):
    spec = card.spec
    settle(0, spec.name)
    torch.cuda.reset_peak_memory_stats()
    with torch.device("cuda"):
        encoder = build(spec).train().bfloat16()
        canvas = torch.rand(PICTURES, 3, spec.side_px, spec.side_px)
    encoder.checkpoint_activations()
    tokens = encoder(canvas)
    assert tokens.shape == (PICTURES, spec.grid**2, spec.channels)
    assert tokens.dtype == torch.bfloat16
    tokens.float().square().mean().backward()
    silent = {name for name, one in encoder.inner.named_parameters() if one.grad is None}
    assert all(name.startswith(SILENT) for name in silent)
    assert all(torch.isfinite(one.grad).all() for one in encoder.parameters() if one.grad is not None)
    record_property("peak_memory_gb", torch.cuda.max_memory_allocated() / 1e9)
    record_property("weights_gb", 2e-9 * sum(one.numel() for one in encoder.parameters()))


@pytest.mark.parametrize("name", ["clip", "sam", "eva02"])
def test_an_encoder_says_on_a_gpu_what_it_says_on_a_cpu(name):
    """Compare in float32: what a convolution rounded to TF32 would differ by is ten times what is allowed."""
    card = next(card for card in FULL if card.spec.name == name)
    side = 336 if name == "clip" else 256
    spec = card.spec.model_copy(update={"side_px": side, "grid": side // card.spec.stride_px})
    settle(0, name)
    encoder, canvas = build(spec).eval(), torch.rand(1, 3, side, side)
    with torch.no_grad():
        expected = encoder(canvas)
        found = encoder.cuda()(canvas.cuda()).cpu()
    assert float((found - expected).norm() / expected.norm()) < 1e-4
