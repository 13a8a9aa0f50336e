"""A real tower that has one encoder twice: masking one of the two costs nothing, masking both costs what they know.

Pictures differ in brightness, which CLIP sees and Pix2Struct, which standardises every picture, cannot. The readout of
the fused tokens is a ridge regression on all three encoders, which by symmetry leans on the twins alike.
"""

from itertools import chain, combinations

import numpy as np
import pytest
import torch

from harness.analyse.cells import Cell
from harness.analyse.effective_rank import VARIANTS, Stream
from harness.analyse.lattice import build as lay_out
from harness.analyse.summary import summarise
from harness.config.compose import compose
from harness.encoders.build import build
from harness.encoders.table import TINY
from harness.model.masking import mask
from harness.model.stand_ins import mean_tokens, moments
from harness.model.tower import Tower
from harness.predict.ranks import figures
from harness.schema.subset import EMPTY, Subset

POOL = ("clip", "twin", "pix2struct")
PICTURES, RIDGE = 160, 1e-3


def canvases(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw grey patterns, each dark or bright by the same amount, and which of the two it is."""
    draw = torch.Generator().manual_seed(seed)
    bright = torch.arange(PICTURES) % 2
    pattern = 0.3 * torch.rand(PICTURES, 3, 8, 8, generator=draw)
    shown = torch.nn.functional.interpolate(pattern, size=64) + 0.1 + 0.4 * bright[:, None, None, None]
    return shown, 2.0 * bright - 1


@pytest.fixture(scope="module")
def tower() -> Tower:
    recipe, cards = compose([]).recipe, {card.spec.name: card.spec for card in TINY}
    torch.manual_seed(0)
    clip, pix2struct = build(cards["clip"]), build(cards["pix2struct"])
    twin = build(cards["clip"].model_copy(update={"name": "twin"}))
    twin.load_state_dict(clip.state_dict())
    fusion = recipe.fusion.model_copy(update={"normalise": False})
    return Tower([clip, twin, pix2struct], fusion, recipe.projector, 16, 64).eval()


@pytest.fixture(scope="module")
@torch.inference_mode()
def scores(tower) -> dict[Subset, float]:
    """Return the accuracy of every view of the model, masked by mean tokens, on pictures that were not learnt from."""

    def pooled(features, kept=None):
        stood = {name: mean_tokens(tokens, moments(tokens)) for name, tokens in features.items()}
        seen = features if kept is None else mask(features, kept, stood)
        return tower.fusion(seen).flatten(1, -2).mean(1).double()

    learnt, label = canvases(1)
    rows = pooled(tower.encode(learnt))
    middle = rows.mean(0)
    gram = (rows - middle) @ (rows - middle).T
    weights = (rows - middle).T @ torch.linalg.solve(
        gram + RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype), label.double()
    )
    asked, answer = canvases(2)
    features = tower.encode(asked)
    held = chain.from_iterable(combinations(POOL, size) for size in range(1, 4))
    views = [EMPTY, *(Subset.model_validate(names) for names in held)]
    return {
        kept: 100 * float((((pooled(features, kept) - middle) @ weights > 0) == (answer > 0)).double().mean())
        for kept in views
    }


def test_either_twin_can_go_and_not_both(scores):
    table = [Cell(POOL, kept.names, "my own", "0", score, mask="mean") for kept, score in scores.items()]
    found = summarise(lay_out(table), replicates=100)
    full = scores[Subset.model_validate(POOL)]
    assert full > 90
    rates = found["conditional_utilization_rate"]
    assert all(abs(rates[name]["value"]) < 0.05 for name in POOL)
    lost = full - scores[Subset.model_validate(("pix2struct",))]
    assert lost > 30
    values = found["masked_shapley_value"]
    assert values["clip"]["value"] == pytest.approx(values["twin"]["value"], abs=1.0)
    assert values["clip"]["value"] == pytest.approx(lost / 2, abs=5.0)
    assert values["pix2struct"]["value"] == pytest.approx(0.0, abs=5.0)


def test_twins_have_one_rank_and_together_no_more_of_it(tower):
    shown, _ = canvases(3)
    with torch.inference_mode():
        features = {name: tokens.flatten(0, 1).numpy() for name, tokens in tower.encode(shown).items()}
    features["both"] = np.concatenate([features["clip"], features["twin"]], axis=1)
    streams = {name: Stream(rows.shape[1]) for name, rows in features.items()}
    for name, rows in features.items():
        streams[name].add(rows)
    ranks = figures(streams)
    for variant in VARIANTS:
        for centred in ("centred", "uncentred"):
            one, twin, both = (ranks[f"{name}/{variant}/{centred}"] for name in ("clip", "twin", "both"))
            assert twin == one
            assert both == pytest.approx(one, rel=1e-3)
    assert ranks["both/channels"] == 2 * ranks["clip/channels"]
