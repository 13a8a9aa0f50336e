"""What no checkpoint holds is drawn from the seed alone: the same in every subset, in every stage, and every time."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from harness.encoders.build import build
from harness.schema.encoder import EncoderSpec
from harness.train.train import assemble
from tests.harness.encoders.small import SHORT_SAM
from tests.harness.miniature import Miniature, pinned

NECK = "encoders.sam.inner.neck."


@pytest.fixture
def necked(miniature, tmp_path, monkeypatch) -> Miniature:
    """Put an encoder whose neck is new in the place of the miniature's SAM."""
    folder = tmp_path / SHORT_SAM.weights.location
    folder.mkdir()
    tensors = build(SHORT_SAM).inner.state_dict()
    published = {f"vision_encoder.{name}": one for name, one in tensors.items() if not name.startswith("neck.")}
    save_file(published, folder / "model.safetensors")
    weights = pinned(SHORT_SAM.weights, folder / "model.safetensors")
    monkeypatch.setenv("HARNESS_WEIGHTS", str(tmp_path))
    spec: EncoderSpec = SHORT_SAM.model_copy(update={"weights": weights, "name": "sam"})
    return Miniature(Path(miniature.root), {**miniature.encoders, "sam": spec}, miniature.recipe)


def neck(miniature: Miniature, trained: str, seed: int = 0) -> dict[str, torch.Tensor]:
    """Assemble a model, whatever was drawn before, and return what no checkpoint gave it."""
    torch.rand(7)
    tensors = assemble(miniature.training(trained, seed), miniature.root).tower.state_dict()
    return {name: one for name, one in tensors.items() if name.startswith(NECK)}


def test_a_new_neck_is_a_function_of_the_seed_and_nothing_else(necked):
    first = neck(necked, "sam")
    assert first
    for again in (neck(necked, "sam"), neck(necked, "clip+sam"), neck(necked, "sam+pix2struct")):
        assert all(torch.equal(one, again[name]) for name, one in first.items())
    other = neck(necked, "sam", seed=1)
    assert not torch.equal(first[f"{NECK}conv1.weight"], other[f"{NECK}conv1.weight"])


def test_a_neck_that_learned_nothing_yet_is_the_same_in_the_checkpoint(necked, tmp_path):
    """Each stage assembles the model anew, and so does what writes the checkpoint."""
    align = necked.recipe.stages[0]
    done = necked.train(necked.training("sam", stages=(align,)), tmp_path / "work")
    kept = load_file(done.files["tower.safetensors"])
    assert all(torch.equal(one, kept[name]) for name, one in neck(necked, "sam").items())
