"""A training that failed in itself is a result: kept with its losses, and never taken for a checkpoint."""

import json
from pathlib import Path

import pytest

from harness.record.store import Store
from harness.run import child, diverged
from harness.run.request import Finished, TrainRequest
from harness.schema.encoder import Weights
from tests.harness.miniature import MACHINE
from tests.harness.nouns import record


def test_a_record_of_a_divergence_is_refused_with_where_and_why(tmp_path):
    store = Store(tmp_path / "store")
    file = diverged.write("tune", 7, "the loss is nan", tmp_path / "work")
    done = store.commit(record("a training"), {diverged.DIVERGED: file})
    words = r"diverged in stage 'tune' at step 7: the loss is nan\. This is its result"
    with pytest.raises(diverged.DivergedTraining, match=words) as refusal:
        diverged.demand_trained(done, store)
    assert refusal.value.exit_code == 50


def test_a_record_of_a_finished_training_passes(tmp_path):
    store, file = Store(tmp_path / "store"), tmp_path / "tower.safetensors"
    file.write_bytes(b"weights")
    done = store.commit(record("a training"), {"tower.safetensors": file})
    assert diverged.demand_trained(done, store) is done


def placed(weights: Weights, root: Path) -> Weights:
    return weights.model_copy(update={"location": str(root / weights.location)})


@pytest.mark.slow
@pytest.mark.parametrize("rate", [2e-3, 1e15])
def test_a_training_process_tells_its_outcome_figures_and_losses_whether_it_diverges_or_not(miniature, tmp_path, rate):
    """The child trains from the project's own folder, so the miniature's parts are named by their full paths."""
    root, recipe = miniature.root, miniature.recipe
    language = recipe.language.model_copy(
        update={"folder": str(root / recipe.language.folder), "weights": placed(recipe.language.weights, root)}
    )
    stages = (recipe.stages[0].model_copy(update={"rates": {"projector": rate}, "warmup": 0.0}),)
    training = miniature.training(language=language, stages=stages)
    encoders = tuple(one.model_copy(update={"weights": placed(one.weights, root)}) for one in training.encoders)
    request = TrainRequest(
        training=training.model_copy(update={"encoders": encoders}),
        machine=MACHINE,
        data=str(miniature.data),
        work=str(tmp_path / "work"),
    )
    *_, finished = child.run("train", request, MACHINE, tmp_path)
    assert isinstance(finished, Finished)
    figures = json.loads(Path(finished.files["figures.json"]).read_text())
    assert figures["gradient_norm/align/projector"][0][1] > 0
    assert finished.metrics["first_loss/align/01"] == finished.curves["align"][0]
    if rate < 1:
        assert len(finished.curves["align"]) == stages[0].steps
        assert "tower.safetensors" in finished.files
    else:
        told = json.loads(Path(finished.files[diverged.DIVERGED]).read_text())
        assert told["stage"] == "align"
        assert len(finished.curves["align"]) in (told["step"] - 1, told["step"])
        assert 0.0 not in finished.curves["align"]
        assert "tower.safetensors" not in finished.files
