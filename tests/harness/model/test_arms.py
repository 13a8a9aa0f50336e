"""Every way to fuse, held to what it promises: how many tokens, what masking leaves behind, that all of it learns."""

import pytest
import torch
from torch.nn.functional import gelu, layer_norm

from harness.encoders.table import TINY
from harness.model.arms import ARMS
from harness.model.fusion import ChannelConcat
from harness.model.masking import mask
from harness.model.projector import places
from harness.model.pruned import effective_rank
from harness.model.sequence import Sequence
from harness.model.tower import Tower
from harness.schema.recipe import Fusion, Projector
from harness.schema.subset import EMPTY, Subset

SPECS = tuple(card.spec for card in TINY[:3])
NAMES = tuple(spec.name for spec in SPECS)
WIDTH, GRID = 32, 8
OWN = {"aggregate": {"queries": 4, "layers": 2}, "prune": {"budget": 20}}
KINDS = tuple(ARMS)
TOKENS = {"append": 3 * 64, "interleave": 3 * 64, "aggregate": 16, "prune": 20}
KEEPS = ("channel_concat", "project_sum", "prune")
PROJECTOR = Projector(kind="mlp2x_gelu", hidden=64, place=0.1)


def fusion(kind: str, **changes: object) -> Fusion:
    return Fusion.model_validate({"kind": kind, "grid": GRID, "normalise": True, **OWN.get(kind, {}), **changes})


def arm(kind: str, specs=SPECS, seed: int = 0, **changes: object):
    """Build the two modules of an arm; what starts at zero is drawn, since a trained one is not zero."""
    torch.manual_seed(seed)
    stated = fusion(kind, **changes)
    module = ARMS[stated.kind](stated, PROJECTOR, specs, WIDTH)
    for parameter in module.parameters():
        if not parameter.detach().any():
            torch.nn.init.normal_(parameter, std=0.1)
    return ChannelConcat(stated, specs), module.eval()


def features(seed: int = 0) -> dict[str, torch.Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return {spec.name: torch.randn(2, 64, spec.channels, generator=draw) for spec in SPECS}


def shown(kind: str, seen: dict[str, torch.Tensor], **changes: object) -> torch.Tensor:
    fuse, project = arm(kind, **changes)
    with torch.inference_mode():
        return project(fuse(seen))


def alone(kind: str, name: str) -> torch.Tensor:
    """Show one encoder through the arm of that encoder alone, with the weights that it has among the others."""
    whole = arm(kind)[1].state_dict()
    spec = SPECS[NAMES.index(name)]
    fuse, project = arm(kind, (spec,))
    own = {}
    for key, weights in project.state_dict().items():
        found = whole[key]
        if found.shape != weights.shape:
            start = sum(other.channels for other in SPECS[: NAMES.index(name)])
            speaks = key == "speaker"
            found = found[[NAMES.index(name)]] if speaks else found[:, start : start + spec.channels]
        own[key] = found
    project.load_state_dict(own)
    with torch.inference_mode():
        return project(fuse({name: features()[name]}))


def test_the_arm_of_before_says_bit_for_bit_what_it_said():
    """Hold the default arm to its formula, written out: LayerNorm, concatenation, two layers, places."""
    seen = features()
    torch.manual_seed(0)
    project = ARMS["channel_concat"](fusion("channel_concat"), PROJECTOR, SPECS, WIDTH)
    first, _, second = project.layers
    joined = torch.cat([layer_norm(seen[spec.name], (spec.channels,)) for spec in SPECS], dim=-1)
    told = second(gelu(first(joined))) + 0.1 * places(GRID, WIDTH)
    assert torch.equal(shown("channel_concat", seen), told)
    assert list(project.state_dict()) == ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_arm_gives_as_many_tokens_as_its_recipe_says(kind):
    count = fusion(kind).visual_tokens(len(SPECS))
    assert shown(kind, features()).shape == (2, count, WIDTH)
    assert count == TOKENS.get(kind, 64)


@pytest.mark.parametrize("kind", KEEPS)
@pytest.mark.parametrize("name", NAMES)
def test_masking_all_but_one_equals_keeping_one_where_the_arm_promises_it(kind, name):
    masked = shown(kind, mask(features(), Subset.parse(name, NAMES)))
    torch.testing.assert_close(masked, alone(kind, name), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", ["route", "aggregate"])
def test_masking_all_but_one_is_not_keeping_one_where_masked_encoders_take_a_share(kind):
    masked, kept = shown(kind, mask(features(), Subset.parse("clip", NAMES))), alone(kind, "clip")
    assert masked.shape == kept.shape
    assert not torch.allclose(masked, kept, rtol=0, atol=1e-3)


def test_a_routed_encoder_that_is_kept_alone_is_itself_times_its_gate():
    fuse, router = arm("route")
    fused = fuse(mask(features(), Subset.parse("clip", NAMES)))
    with torch.inference_mode():
        gate = router.gates(fused)[:, :1, None]
        told = router.content(fused) - router.shift
        kept = alone("route", "clip") - router.shift - router.places
        assert torch.allclose(router.gates(fused).sum(1), torch.tensor(3.0))
    torch.testing.assert_close(told, gate * kept, rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_masked_encoder_sees_cannot_matter(kind):
    seen, kept = features(), Subset.parse("clip+convnext", NAMES)
    other = {**seen, "sam": features(1)["sam"]}
    assert torch.equal(shown(kind, mask(seen, kept)), shown(kind, mask(other, kept)))
    assert not torch.equal(shown(kind, seen), shown(kind, other))


@pytest.mark.parametrize("kind", KINDS)
def test_with_every_encoder_masked_all_pictures_look_alike(kind):
    floor = shown(kind, mask(features(), EMPTY))
    assert torch.equal(floor[0], floor[1])


@pytest.mark.parametrize("kind", ["append", "interleave"])
def test_each_encoder_has_slots_of_its_own_and_masking_leaves_the_others_alone(kind):
    whole, masked = (shown(kind, seen) for seen in (features(), mask(features(), Subset.parse("convnext", NAMES))))
    order = (3, 64) if kind == "append" else (64, 3)
    by_encoder = [one.unflatten(1, order) for one in (whole, masked)]
    if kind == "interleave":
        by_encoder = [one.transpose(1, 2) for one in by_encoder]
    _, sequence = arm(kind)
    assert isinstance(sequence, Sequence)
    assert torch.equal(by_encoder[0][:, 1], by_encoder[1][:, 1])
    for place in (0, 2):
        silent = (sequence.speaker[place] + sequence.places).expand(2, -1, -1)
        torch.testing.assert_close(by_encoder[1][:, place], silent.detach())


def test_appended_and_interleaved_tokens_are_the_same_ones_in_another_order():
    one, other = (shown(kind, features()) for kind in ("append", "interleave"))
    torch.testing.assert_close(one.unflatten(1, (3, 64)).transpose(1, 2).flatten(1, 2), other)


def test_the_effective_rank_of_hand_solved_tokens():
    flat, two, none = torch.ones(3, 4), torch.eye(3, 4) * torch.tensor([1.0, 1.0, 0.0])[:, None], torch.zeros(3, 4)
    torch.testing.assert_close(effective_rank(torch.stack([flat, two, none])), torch.tensor([1.0, 2.0, 0.0]))


def test_pruning_divides_the_budget_by_rank():
    """Show two encoders full and one flat: of 20 tokens the flat one, of rank 1, is left with none or one."""
    seen = features()
    seen["sam"] = seen["sam"][:, :1].expand(-1, 64, -1).contiguous()
    fuse, pruned = arm("prune")
    kept = pruned.kept(fuse(seen))
    assert all(len(set(row)) == 20 and row == sorted(row) for row in kept.tolist())
    counts = torch.stack([(kept // 64 == place).sum(1) for place in range(3)], dim=1)
    ranks = torch.stack([effective_rank(part) for part in fuse(seen).split(pruned.project.widths, dim=-1)], dim=1)
    torch.testing.assert_close(counts.float(), 20 * ranks / ranks.sum(1, keepdim=True), rtol=0, atol=1.0)
    assert (counts[:, 2] <= 1).all()


def test_a_pruned_token_is_one_of_those_that_appending_gives():
    seen = features()
    fuse, pruned = arm("prune")
    _, appended = arm("append")
    appended.load_state_dict(pruned.state_dict())
    with torch.inference_mode():
        everything, kept = appended(fuse(seen)), pruned.kept(fuse(seen))
        torch.testing.assert_close(pruned(fuse(seen)), everything[torch.arange(2)[:, None], kept])


def test_a_query_sees_its_own_window_and_no_other():
    fuse, aggregated = arm("aggregate")
    seen = features()
    other = {name: tokens.clone() for name, tokens in seen.items()}
    for tokens in other.values():
        tokens[:, 0] += torch.randn(tokens.shape[-1], generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        moved = (aggregated(fuse(seen)) != aggregated(fuse(other))).any(-1)
    assert moved[:, 0].all()
    assert not moved[:, 1:].any()


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_reach_every_weight_and_every_encoder(kind):
    fuse, project = arm(kind)
    seen = {name: tokens.requires_grad_() for name, tokens in features().items()}
    project.train()
    project(fuse(seen)).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in project.parameters())
    assert all(tokens.grad is not None and tokens.grad.any() for tokens in seen.values())


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("prune", {"budget": None}, "'budget' belongs to the fusion 'prune'"),
        ("append", {"budget": 4}, "'budget' belongs to the fusion 'prune' and is needed there; this is 'append'"),
        ("aggregate", {"queries": 3}, "does not divide into 3 x 3"),
        ("prune", {"budget": 65}, "more than the 64 tokens"),
    ],
)
def test_a_fusion_that_cannot_be_is_refused(kind, changes, said):
    with pytest.raises(ValueError, match=said):
        fusion(kind, **changes)


def test_a_fusion_of_before_has_the_digest_it_had():
    assert list(fusion("channel_concat").plain()) == ["kind", "grid", "normalise"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tower_without_encoders_shows_the_picture_s_own_patches(kind):
    torch.manual_seed(0)
    tower = Tower([], fusion(kind), PROJECTOR, WIDTH, 64).eval()
    canvas = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        seen = tower.encode(canvas)
        assert torch.equal(tower(canvas, EMPTY), tower(canvas))
    patch = canvas[1, :, 8:16, 16:24]
    assert torch.equal(seen["patches"][1, 10], 2 * patch.flatten() - 1)
    assert tower(canvas).shape == (2, fusion(kind).visual_tokens(0), WIDTH)
    assert not list(tower.encoders.parameters())
