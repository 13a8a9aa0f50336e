"""One encoder twice under two names, trained for real: masking must show that each is redundant and that both are not.

The pair's weights, features and learning rates are the same, so nothing but the draw of the projector's weights tells
them apart. Encoder dropout lets the projector learn that either is enough; without it zero masking would also show how
much a sum of two slices misses its other half, which is not redundancy.
"""

from functools import partial

import numpy as np
import pytest
import torch

from harness.analyse.conditional_utilization import conditional_utilization
from harness.analyse.shapley import shapley
from harness.data.cells import read_cells
from harness.data.sources import read
from harness.model.checkpoint import load_speaker, load_tower
from harness.model.masking import mask
from harness.schema.recipe import Fusion, Training
from harness.schema.subset import EMPTY, Subset
from harness.train.dense import AT_ONCE, NOTHING, cell_errors, serve_cells, weighted
from tests.harness.miniature import Miniature

STEPS = 150
VIEWS = ("none", "clip", "twin", "clip+twin")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def twins(miniature: Miniature) -> Training:
    align = miniature.recipe.stages[0].model_copy(update={"steps": STEPS, "global_batch": 16})
    fusion = Fusion(kind="channel_concat", grid=8, normalise=True, dropout=0.5)
    one = miniature.training("clip", fusion=fusion, stages=(align,))
    pair = (one.encoders[0], one.encoders[0].model_copy(update={"name": "twin"}))
    recipe = one.recipe.model_copy(update={"pool": ("clip", "twin")})
    return one.model_copy(update={"trained": Subset.parse("all", recipe.pool), "encoders": pair, "recipe": recipe})


@pytest.fixture(scope="module")
def gains(miniature: Miniature, twins, tmp_path_factory) -> np.ndarray:
    """Return by how much each view's error on the pictures that were learned lies below the floor's, as a lattice."""
    folder = tmp_path_factory.mktemp("twins")
    miniature.train(twins, folder)
    tower, (language, speech) = load_tower(folder / "checkpoint"), load_speaker(folder / "checkpoint")
    stage = twins.recipe.stages[0]
    contents = [read(source, miniature.data, read_cells) for source in stage.sources]
    once = stage.model_copy(update={"global_batch": AT_ONCE, "rates": {"encoders": 1.0}})
    batch = next(serve_cells(tower, contents, once, twins.recipe.canvas, speech, 64, 0, AT_ONCE, 0))
    with torch.inference_mode():
        seen = tower.encode(batch.seen)
        assert torch.equal(seen["clip"], seen["twin"])
        filled = batch.words[..., 0] != NOTHING
        error = partial(cell_errors, words=batch.words, embeddings=language.get_input_embeddings())
        views = [EMPTY if name == "none" else Subset.parse(name, twins.recipe.pool) for name in VIEWS]
        told = [tower.projector.content(tower.fusion(mask(seen, view))) for view in views]
        errors = [float(weighted(error(one), filled)) for one in told]
    return errors[0] - np.array(errors)


def test_the_model_has_learned_to_see(gains):
    assert gains[3] > 0.05


def test_each_twin_is_redundant_and_both_are_not(gains):
    """Lose less than a quarter with either one masked; with both masked all is lost, by definition of the floor."""
    assert np.abs(conditional_utilization(gains)).max() < 0.25
    assert gains[0] == 0


def test_twins_share_alike_what_they_see(gains):
    first, second = shapley(gains)
    assert first + second == pytest.approx(gains[3])
    assert first == pytest.approx(second, rel=0.2)
