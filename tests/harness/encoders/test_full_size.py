"""The encoders of the studies, proved without a weight: size, width, grid, and the names in the published files."""

import json
import re

import pytest
import torch

from harness.encoders.build import naming_of
from harness.encoders.table import BASE, FULL, TABLES, find
from harness.errors import InvalidEvidence, UnknownName
from harness.model.tower import Tower
from harness.schema.recipe import Fusion, Projector
from harness.schema.subset import lattice
from tests.harness.encoders.published import elements, empty, listed, weightless

every_full = pytest.mark.parametrize("card", FULL, ids=lambda card: card.spec.name)
every_real = pytest.mark.parametrize("card", [*FULL, *BASE], ids=lambda card: card.title)
SEVEN = tuple(card.spec.name for card in FULL)
EAGLE = ("clip", "convnext", "sam", "eva02", "pix2struct")


@every_real
def test_an_encoder_has_the_parameters_that_its_card_counts_and_its_authors_print(card):
    built = sum(parameter.numel() for parameter in weightless(card.spec).parameters())
    assert built == card.parameters
    assert card.published is None or abs(built / card.published - 1) < 0.005
    assert bool(card.published) == bool(card.counted_by)


@every_real
@torch.no_grad()
def test_a_canvas_becomes_the_grid_and_width_that_the_card_states(card):
    tokens = weightless(card.spec)(torch.empty(2, 3, 1024, 1024, device="meta"))
    assert tokens.shape == (2, card.spec.grid**2, card.spec.channels)


@every_full
def test_the_published_checkpoint_loads_with_no_tensor_missing_or_unexpected(card):
    encoder, naming = weightless(card.spec), naming_of(card.spec)
    ours = naming.translate(empty(listed(card.spec.name)))
    fresh = {name for name in encoder.inner.state_dict() if name.startswith(naming.fresh)}
    assert not fresh & set(ours)
    result = encoder.inner.load_state_dict(ours, strict=False, assign=True)
    assert result.unexpected_keys == []
    assert set(result.missing_keys) == fresh
    assert {name.partition(".")[0] for name in fresh} == ({"neck"} if card.spec.name == "sam" else set())


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [("siglip", 3_511_950_624), ("dinov2", 4_546_005_432)],
)
def test_the_lists_fill_a_file_of_exactly_the_published_size(name, bytes_):
    """A safetensors file is 8 bytes, a JSON header padded to 8, and the numbers: its size tells names from names.

    The sizes are those of `model.safetensors` at the revisions that the cards pin, as others have printed them.
    """
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for tensor, shape in listed(name).items():
        end = at + 4 * torch.Size(shape).numel()
        header[tensor] = {"dtype": "F32", "shape": list(shape), "data_offsets": [at, end]}
        at = end
    length = len(json.dumps(header, separators=(",", ":")))
    assert 8 + -(-length // 8) * 8 + at == bytes_


@pytest.mark.parametrize(
    ("name", "gigabytes"), [("clip", 1.712), ("convnext", 3.39), ("sam", 1.25), ("pix2struct", 5.34)]
)
def test_the_lists_hold_as_many_numbers_as_the_published_file(name, gigabytes):
    assert 4 * elements(listed(name)) / 1e9 == pytest.approx(gigabytes, rel=0.003)


def test_a_tensor_of_another_model_is_refused():
    shapes = {**listed("clip"), "language_model.lm_head.weight": (2, 2)}
    with pytest.raises(InvalidEvidence, match=r"'language_model.lm_head.weight', which is neither below"):
        naming_of(find("clip", "full").spec).translate(empty(shapes))


@every_full
def test_no_two_published_tensors_end_under_one_name(card):
    naming = naming_of(card.spec)
    taken = [name for name in listed(card.spec.name) if naming.takes(name)]
    assert len(naming.translate(empty(listed(card.spec.name)))) >= len(taken)
    twice = {f"{naming.prefix}a": (2,), f"{naming.prefix}b": (2,)}
    clash = type(naming)(prefix=naming.prefix, renamed=(("^[ab]$", "c"),))
    with pytest.raises(InvalidEvidence, match="twice"):
        clash.translate(empty(twice))


def test_all_subsets_of_seven_build_and_the_fifteen_without_convnext():
    """Upstream takes the image processor of ConvNeXt for all, and so cannot build these fifteen."""
    encoders = {name: weightless(find(name, "full").spec) for name in SEVEN}
    fusion = Fusion(kind="channel_concat", grid=32, normalise=False)
    projector = Projector(kind="mlp2x_gelu", hidden=4096, place=0)
    features = {
        name: torch.empty(1, one.spec.grid**2, one.spec.channels, device="meta") for name, one in encoders.items()
    }
    subsets, widths = lattice(SEVEN), {}
    for subset in subsets:
        with torch.device("meta"):
            tower = Tower([encoders[name] for name in subset.names], fusion, projector, 4096)
        visual = tower.project({name: features[name] for name in subset.names})
        assert visual.shape == (1, 1024, 4096)
        widths[subset.slug] = tower.projector.layers[0].in_features
        assert widths[subset.slug] == sum(encoders[name].spec.channels for name in subset.names)
    assert len(subsets) == len(widths) == 127
    assert len([s for s in lattice(EAGLE) if "convnext" not in s]) == 15
    five = next(s for s in subsets if set(s.names) == set(EAGLE))
    # Eagle-X5 and X4 (without SAM): 7680 and 6656 channels.
    assert widths[five.slug] == 7680
    assert widths[five.without("sam").slug] == 6656


def test_every_size_has_its_families_and_no_name_twice():
    names = {size: [card.spec.name for card in cards] for size, cards in TABLES.items()}
    assert names["base"] == names["full"]
    assert set(names["tiny"]) < set(names["full"])
    assert all(len(set(each)) == len(each) for each in names.values())
    with pytest.raises(UnknownName, match="Did you mean 'siglip'"):
        find("sigclip", "full")


@every_full
def test_a_card_says_who_named_the_tensors_that_it_is_held_to(card):
    assert card.listed_by
    assert listed(card.spec.name)


@every_real
def test_a_card_pins_what_is_known_and_says_what_is_not(card):
    weights = card.spec.weights
    assert re.fullmatch(r"[0-9a-f]{40}", weights.revision) or "revision" in card.note
    assert weights.sha256 or card.pickled or "digest" in card.note
    assert weights.file is not None
    assert weights.file.endswith(".safetensors")
