"""Who sees everything passes every probe, who sees nothing or reads by a shuffled map passes none."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import one_hot

from benchmarks.mini.drawn import Drawn
from harness.encoders.table import TINY
from harness.run.bars import BARS
from harness.run.gates import short
from harness.train import gauge, truth
from harness.train.probes import PROBES
from harness.train.readout import Readout
from tests.harness.miniature import Miniature

FITTED, TRIED = 264, 88


def _whole(facts: Tensor) -> Tensor:
    """Say the same of a whole picture (B, K) in each of its cells."""
    return facts[:, None].expand(-1, 64, -1)


def _centres(drawn: Sequence[Drawn]) -> Tensor:
    kinds, hues, _ = truth.centres(drawn)
    return torch.cat([one_hot(kinds, len(truth.KINDS)), one_hot(hues, len(truth.HUES))], dim=2)


SEEN: dict[str, Callable[[Sequence[Drawn]], Tensor]] = {
    "clip": lambda drawn: _whole(PROBES["clip"].targets(drawn)),
    "convnext": lambda drawn: _whole(truth.classes(drawn)),
    "sam": lambda drawn: truth.masks(drawn)[:, :, 0],
    "eva02": _centres,
    "pix2struct": lambda drawn: one_hot(truth.characters(drawn), len(truth.CHARACTERS)).flatten(2),
}
"""Tokens of an encoder that sees all that its objective asks for."""


def bar(name: str) -> float:
    return next(one.at_least for one in BARS[name] if one.figure == "skill")


@cache
def pictures(name: str) -> tuple[list[Drawn], list[Drawn]]:
    return gauge.draw(name, "train", gauge.READ, FITTED), gauge.draw(name, "test", gauge.HELD_OUT, TRIED)


def read(name: str, shuffle: bool = False, noise: bool = False) -> float:
    probe = PROBES[name]
    learned, asked = pictures(name)
    dice = torch.Generator().manual_seed(1)
    tokens = [SEEN[name](drawn).float() for drawn in (learned, asked)]
    if noise:
        tokens = [torch.randn(one.shape, generator=dice) for one in tokens]
    readout = Readout.fit(probe.features(tokens[0], learned), probe.targets(learned))
    if shuffle:
        order = torch.randperm(len(readout.offset), generator=dice)
        readout = replace(readout, weights=readout.weights[:, order], offset=readout.offset[order])
    return probe.skill(readout, tokens[1], asked)


@pytest.mark.parametrize("name", PROBES)
def test_who_sees_everything_passes(name: str):
    assert read(name) > 0.9


@pytest.mark.parametrize("name", PROBES)
def test_a_shuffled_map_fails(name: str):
    assert read(name, shuffle=True) < bar(name)


@pytest.mark.parametrize("name", PROBES)
def test_who_sees_nothing_fails(name: str):
    assert read(name, noise=True) < bar(name) / 2


def test_every_encoder_and_the_language_model_have_bars():
    assert set(BARS) == {card.spec.name for card in TINY} | {"language"}
    assert set(PROBES) == {card.spec.name for card in TINY}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROBES)
def test_an_untrained_encoder_fails_its_gate(miniature: Miniature, name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gauge, "FITTED", 176)
    monkeypatch.setattr(gauge, "TRIED", 88)
    told: list[tuple[int, int]] = []
    measured = gauge.gauge_encoder(miniature.encoders[name], miniature.root, lambda *at: told.append(at))
    assert short(name, measured)
    assert told == sorted(told)
    assert told[-1] == (528, 528)


def test_an_untaught_language_model_fails_its_gate(miniature: Miniature):
    recipe = miniature.recipe
    layout = recipe.fusion.grid, recipe.projector.place
    measured = gauge.gauge_language(recipe.language, *layout, miniature.root, lambda *at: None, count=20)
    assert {"mean", "lead/gqa"} <= {one.figure for one in short("language", measured)}


def test_held_out_pictures_are_laid_out_as_none_to_train_on_is():
    keys = [{one.key for one in gauge.draw("clip", side, seed, 110)} for side, seed in (("train", 79), ("test", 78))]
    assert not keys[0] & keys[1]


@given(st.integers(0, 2**16))
def test_a_readout_finds_a_linear_fact_and_ignores_the_scale_of_features(seed: int):
    dice = torch.Generator().manual_seed(seed)
    features = torch.randn(60, 4, generator=dice, dtype=torch.float64)
    facts = features @ torch.randn(4, 3, generator=dice, dtype=torch.float64) + 2
    told = Readout.fit(features, facts)(features)
    assert torch.allclose(told, facts, atol=0.05)
    scaled = features * torch.tensor([1e-2, 1.0, 10.0, 1e3]) + 5
    assert torch.allclose(Readout.fit(scaled, facts)(scaled), told, atol=1e-6)


def test_a_feature_that_never_varies_says_nothing():
    features = torch.randn(50, 3, generator=torch.Generator().manual_seed(2))
    still = torch.cat([features, torch.full((50, 1), 7.0)], dim=1)
    facts = features[:, :1]
    assert torch.allclose(Readout.fit(still, facts)(still), Readout.fit(features, facts)(features))
