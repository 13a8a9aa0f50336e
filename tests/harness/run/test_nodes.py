"""Whoever torchrun starts trains together, and the first of them keeps the record for all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.compose import compose
from harness.record.store import Store
from harness.run import companions, steps
from harness.schema.recipe import Training
from harness.schema.study import Study
from tests.harness.miniature import MACHINE
from tests.house.sources import ROOT

PLACE = {"MASTER_ADDR": "node-0", "MASTER_PORT": "29400", "RANK": "3", "WORLD_SIZE": "4"}
TRAIN = """
import sys
from pathlib import Path
from harness.record.store import Store
from harness.run import nodes
from harness.run.local import Local
from harness.run.prepare import Supplies
from harness.run.story import Silence
from harness.schema.recipe import Training
from harness.schema.study import Study

study, training, folder = sys.argv[1:]
study, training = Study.from_json(Path(study).read_bytes(), "test"), Training.from_json(Path(training).read_bytes(), "")
local = Local(study, Store(Path(folder)), Supplies(study, Path(folder), Silence()), Silence())
print("trained", nodes.train(local, training).step, flush=True)
"""


def test_what_torchrun_started_starts_no_companions_and_meets_beside_torchrun_s_own_store(tmp_path):
    (own,) = companions.environments({**PLACE, companions.TORCHRUN: "a run"}, 4, tmp_path)
    assert (own["RANK"], own["WORLD_SIZE"], own["MASTER_PORT"]) == ("3", "4", "29401")
    assert own["TORCHELASTIC_USE_AGENT_STORE"] == "False"
    assert companions.MEETING not in own
    assert len(companions.environments(dict(PLACE), 4, tmp_path)) == 4


def everywhere(miniature) -> tuple[Study, Training]:
    """Name a training of the miniature by absolute places, so that it is found from the real project's root."""
    root = miniature.root
    training = miniature.training("clip")
    language = training.recipe.language
    stages = tuple(
        stage.model_copy(
            update={"sources": tuple(one.model_copy(update={"location": str(root / "data")}) for one in stage.sources)}
        )
        for stage in training.recipe.stages
    )
    weights = language.weights.model_copy(update={"location": str(root / language.weights.location)})
    spoken = language.model_copy(update={"folder": str(root / language.folder), "weights": weights})
    recipe = training.recipe.model_copy(update={"language": spoken, "stages": stages})
    (clip,) = training.encoders
    place = clip.weights.model_copy(update={"location": str(root / clip.weights.location)})
    encoders = (clip.model_copy(update={"weights": place}),)
    study = compose().model_copy(
        update={"recipe": recipe, "machine": MACHINE.model_copy(update={"devices": 2, "zero_stage": 2})}
    )
    return study, training.model_copy(update={"recipe": recipe, "encoders": encoders})


@pytest.mark.slow
def test_two_processes_of_torchrun_train_once_and_find_the_losses_of_one(miniature, tmp_path):
    study, training = everywhere(miniature)
    for name, noun in (("study", study), ("training", training)):
        (tmp_path / f"{name}.json").write_text(noun.model_dump_json())
    (tmp_path / "train.py").write_text(TRAIN)
    words = ["train.py", "study.json", "training.json", "store"]
    done = subprocess.run(
        [str(Path(sys.prefix) / "bin" / "torchrun"), "--standalone", "--nproc-per-node", "2", *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    step = steps.train(training).digest
    assert done.stdout.split().count(step) == 2
    record = Store(tmp_path / "store").find(step)
    assert record is not None
    alone = miniature.train(miniature.training("clip"), tmp_path / "alone")
    for stage, curve in alone.losses.items():
        assert record.metrics[f"loss/{stage}"] == pytest.approx(curve[-1], rel=1e-4)
