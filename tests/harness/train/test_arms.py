"""Every way to fuse trains, is saved, and answers through the code that trains and answers the default one."""

import pytest
import torch

from harness.model.arms import ARMS
from harness.model.checkpoint import load_tower
from harness.predict.predict import Predictor
from harness.schema.recipe import Fusion, Training
from harness.schema.subset import EMPTY, Subset
from tests.harness.nouns import DECODING
from tests.harness.predict.conftest import PROTOCOL, asked

OWN = {"aggregate": {"queries": 4, "layers": 1}, "prune": {"budget": 24}}
STATED = [{"kind": kind, **OWN.get(kind, {})} for kind in ARMS if kind != "channel_concat"]
STATED.append({"kind": "channel_concat", "dropout": 0.5})

questions = asked


def named(miniature, stated: dict[str, object], trained: str = "clip+pix2struct") -> Training:
    """Name a training of two steps from conversations alone."""
    (_, tune) = miniature.recipe.stages
    fusion = Fusion.model_validate({"grid": 8, "normalise": True, **stated})
    return miniature.training(trained, fusion=fusion, stages=(tune.model_copy(update={"steps": 2}),))


def without_encoders(miniature) -> Training:
    one = named(miniature, {"kind": "channel_concat"}, "clip")
    return one.model_copy(update={"trained": EMPTY, "encoders": ()})


def learned(miniature, training: Training, folder, questions) -> None:
    """Train, and ask the checkpoint a few questions under every view of it."""
    done = miniature.train(training, folder)
    assert all(loss > 0 for curve in done.losses.values() for loss in curve)
    predictor = Predictor(folder / "checkpoint", DECODING)
    few = questions[:4]
    features = predictor.features(few, lambda done, total: None)
    margins = set()
    for kept in {training.trained, EMPTY}:
        visual = predictor.visual(features, kept)
        assert {tuple(one.shape) for one in visual.values()} == {(training.visual_tokens, 64)}
        answered = predictor.answer(few, PROTOCOL, visual, lambda done, total: None)
        assert len(answered.predictions) == len(few)
        margins.add(str([one.margins for one in answered.predictions]))
    assert len(margins) == len({training.trained, EMPTY})


@pytest.mark.slow
@pytest.mark.parametrize("stated", STATED, ids=lambda stated: "-".join(map(str, stated.values())))
def test_an_arm_trains_and_answers(miniature, tmp_path, questions, stated):
    learned(miniature, named(miniature, stated), tmp_path, questions)


@pytest.mark.slow
def test_a_model_without_encoders_trains_and_answers(miniature, tmp_path, questions):
    learned(miniature, without_encoders(miniature), tmp_path, questions)


@pytest.mark.slow
def test_a_stage_of_cells_trains_the_arms_that_speak_place_by_place(miniature, tmp_path):
    align = miniature.recipe.stages[0].model_copy(update={"steps": 2})
    fusion = Fusion(kind="route", grid=8, normalise=True, dropout=0.5)
    training = miniature.training(fusion=fusion, stages=(align,))
    assert all(loss > 0 for loss in miniature.train(training, tmp_path).losses["align"])
    before, after = miniature.model(fusion=fusion).tower, load_tower(tmp_path / "checkpoint")
    names = {name for name, weights in before.named_parameters() if not torch.equal(weights, after.get_parameter(name))}
    assert {name.split(".")[0] for name in names} == {"projector"}
    assert any("router" in name for name in names)


def test_cells_are_refused_where_no_token_is_a_place(miniature):
    with pytest.raises(ValueError, match="'append' has no token for each"):
        miniature.training(fusion=Fusion(kind="append", grid=8, normalise=True))


def test_a_subset_s_kept_encoders_are_named_by_its_own(miniature):
    assert named(miniature, {"kind": "append"}).visual_tokens == 2 * 64
    assert without_encoders(miniature).trained == Subset.parse("none", miniature.recipe.pool)
