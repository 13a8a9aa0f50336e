"""What is counted on shapes alone is what a run on numbers would do and keep."""

import pytest
import torch
from torch import nn

from harness.encoders.table import TINY
from harness.run.plan.watch import blocks_of, watch
from tests.harness.encoders.published import weightless


def meta(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.empty(*shape, device="meta", dtype=dtype, requires_grad=dtype.is_floating_point)


def test_a_linear_layer_does_two_operations_a_weight_and_row_and_keeps_its_input():
    with torch.device("meta"):
        layer = nn.Linear(30, 50)
    given = meta(7, 30)
    seen = watch(layer, lambda: layer(given))
    assert seen.operations == 2 * 7 * 30 * 50
    assert seen.kept == 7 * 30 * 4
    layer.requires_grad_(False)
    assert watch(layer, lambda: layer(given)).kept == 0


def test_a_convolution_does_two_operations_a_weight_and_place():
    with torch.device("meta"):
        layer = nn.Conv2d(3, 8, kernel_size=4, stride=4, bias=False)
    seen = watch(layer, lambda: layer(meta(1, 3, 64, 64)))
    assert seen.operations == 2 * 3 * 8 * 16 * 16**2


def test_attention_counts_both_products_and_keeps_no_square_of_tokens():
    tokens, width = 512, 32
    query, key, value = (meta(1, 4, tokens, width) for _ in range(3))
    attend = nn.functional.scaled_dot_product_attention
    seen = watch(nn.Identity(), lambda: attend(query, key, value))
    assert seen.operations == 2 * 2 * 4 * tokens * tokens * width
    # Query, key, value, the result, and one number a row and head.
    assert seen.kept == 4 * (4 * 4 * tokens * width + 4 * tokens)
    shared = watch(nn.Identity(), lambda: attend(query, meta(1, 2, tokens, width), value[:, :2], enable_gqa=True))
    assert shared.operations == seen.operations


def test_a_tensor_that_two_operations_keep_counts_once():
    given = meta(10, 10)
    assert watch(nn.Identity(), lambda: (given * given) + given.exp()).kept <= 2 * 400


@pytest.mark.parametrize("card", TINY, ids=lambda card: card.spec.name)
def test_the_blocks_are_the_layers_of_the_encoder(card):
    encoder = weightless(card.spec)
    depth = card.spec.architecture.get("depth") or card.spec.architecture.get("num_hidden_layers")
    found = blocks_of(encoder)
    # ConvNeXt's stages of one block each are no list of blocks.
    assert len(found) == (depth or 2)
    seen = watch(encoder.train(), lambda: encoder(torch.empty(1, 3, 64, 64, device="meta")))
    assert seen.operations > 2 * card.parameters
    assert set(seen.blocks) == set(seen.inputs) == set(range(len(found)))
    assert sum(seen.inputs.values()) < sum(seen.blocks.values())
