"""Fusing and masking: what a masked encoder leaves behind is exactly nothing."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import interpolate, layer_norm

from harness.encoders.table import TINY
from harness.model.fusion import ChannelConcat
from harness.model.masking import mask
from harness.model.projector import Projection, places
from harness.schema.recipe import Fusion, Projector
from harness.schema.subset import Subset

NAMES = tuple(card.spec.name for card in TINY)
SPECS = tuple(card.spec for card in TINY)
subsets = st.sets(st.sampled_from(NAMES), min_size=1).map(lambda names: Subset.of(names, NAMES))
switches = st.booleans()


def features(seed: int = 0, grids: dict[str, int] | None = None) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return {
        spec.name: torch.randn(2, (grids or {}).get(spec.name, spec.grid) ** 2, spec.channels, generator=draw)
        for spec in SPECS
    }


def fusion(grid: int = 8, normalise: bool = False) -> Fusion:
    return Fusion(kind="channel_concat", grid=grid, normalise=normalise)


def test_fusing_equal_grids_is_plain_concatenation_in_pool_order():
    seen = features()
    fused = ChannelConcat(fusion(), SPECS)(dict(reversed(seen.items())))
    assert torch.equal(fused, torch.cat([seen[name] for name in NAMES], dim=-1))


def test_normalising_has_no_weights_and_gives_each_slice_zero_mean_and_unit_deviation():
    module = ChannelConcat(fusion(normalise=True), SPECS)
    assert not list(module.parameters())
    seen = features()
    assert torch.equal(module(seen), torch.cat([layer_norm(seen[s.name], (s.channels,)) for s in SPECS], dim=-1))


@pytest.mark.parametrize("grid", [4, 12, 27])
def test_another_grid_is_reached_bilinearly_with_aligned_corners(grid):
    spec = SPECS[0]
    tokens = features()[spec.name]
    fused = ChannelConcat(fusion(grid), (spec,))({spec.name: tokens}).transpose(1, 2).unflatten(2, (grid, grid))
    plane = tokens.transpose(1, 2).unflatten(2, (8, 8))
    assert torch.equal(fused, interpolate(plane, size=(grid, grid), mode="bilinear", align_corners=True))
    # What aligned corners mean: the four corner tokens are kept as they are.
    corners = ([0, 0, -1, -1], [0, -1, 0, -1])
    torch.testing.assert_close(fused[..., corners[0], corners[1]], plane[..., corners[0], corners[1]])


def test_encoders_of_different_grids_meet_on_the_grid_of_the_fusion():
    mixed = tuple(spec.model_copy(update={"grid": grid}) for spec, grid in zip(SPECS, (4, 8, 6, 16, 9), strict=True))
    seen = features(grids={spec.name: spec.grid for spec in mixed})
    module = ChannelConcat(fusion(), mixed)
    assert module(seen).shape == (2, 64, sum(spec.channels for spec in mixed)) == (2, 64, module.channels)


@given(subsets)
def test_masking_is_a_zero_of_the_same_shape_and_leaves_the_rest_alone(kept):
    seen = features()
    masked = mask(seen, kept)
    assert list(masked) == list(seen)
    for name, tokens in seen.items():
        assert torch.equal(masked[name], tokens if name in kept else torch.zeros_like(tokens))


@given(subsets, subsets)
def test_masking_twice_keeps_what_both_keep(one, other):
    both = mask(mask(features(), one), other)
    shared = set(one.names) & set(other.names)
    for name, tokens in features().items():
        assert torch.equal(both[name], tokens if name in shared else torch.zeros_like(tokens))


@given(subsets, switches, st.sampled_from([8, 5]))
def test_a_masked_encoder_is_a_zero_slice_before_the_projector_even_when_normalised(kept, normalise, grid):
    fused = ChannelConcat(fusion(grid, normalise), SPECS)(mask(features(), kept))
    for spec, part in zip(SPECS, fused.split([spec.channels for spec in SPECS], dim=-1), strict=True):
        assert bool(part.any()) == (spec.name in kept)


@pytest.mark.parametrize("name", NAMES)
@torch.inference_mode()
def test_masking_all_but_one_equals_keeping_one(miniature, name):
    tower = miniature.model("all").tower
    canvas = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    seen = tower.encode(canvas)
    alone = {other: tokens if other == name else torch.zeros_like(tokens) for other, tokens in seen.items()}
    kept = Subset.parse(name, NAMES)
    assert torch.equal(tower.project(seen, kept), tower.project(alone))
    assert torch.equal(tower(canvas, kept), tower.project(seen, kept))


@torch.inference_mode()
def test_masking_nothing_changes_nothing(miniature):
    tower = miniature.model("all").tower
    seen = tower.encode(torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1)))
    assert torch.equal(tower.project(seen, Subset.parse("all", NAMES)), tower.project(seen))


@torch.inference_mode()
def test_what_a_masked_encoder_sees_cannot_matter(miniature):
    tower, kept = miniature.model("clip+sam").tower, Subset.parse("clip", NAMES)
    draw = torch.Generator().manual_seed(1)
    seen = tower.encode(torch.rand(1, 3, 64, 64, generator=draw))
    other = {**seen, "sam": torch.randn(seen["sam"].shape, generator=draw)}
    assert torch.equal(tower.project(seen, kept), tower.project(other, kept))
    assert not torch.equal(tower.project(seen), tower.project(other))


@given(st.integers(1, 6), st.sampled_from([4, 8, 64, 128]))
def test_places_differ_and_one_half_codes_the_row_the_other_the_column(grid, width):
    table = places(grid, width)
    assert table.shape == (grid * grid, width)
    assert len({tuple(row) for row in table.tolist()}) == grid * grid
    plane = table.unflatten(0, (grid, grid))
    rows, columns = plane.split(width // 2, dim=-1)
    assert torch.equal(rows, rows[:, :1].expand_as(rows))
    assert torch.equal(columns, columns[:1].expand_as(columns))
    assert torch.equal(rows.transpose(0, 1), columns)
    assert table.abs().max() <= 1


def test_a_place_of_zero_adds_nothing():
    plain, placed = (Projection(Projector(kind="mlp2x_gelu", hidden=8, place=place), 6, 8, 2) for place in (0.0, 0.5))
    placed.load_state_dict(plain.state_dict())
    fused = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(plain(fused), plain.layers(fused))
    assert torch.equal(placed(fused), plain(fused) + 0.5 * places(2, 8))
    assert not [name for name in placed.state_dict() if "places" in name]
