"""A training is a function of its recipe and seed: nothing else, and no interruption, may show in its weights."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import distributed

from harness.errors import InvalidEvidence, UsageError
from harness.schema.recipe import Training
from tests.harness.miniature import MACHINE, Miniature

TRAIN_ALONE = """
import sys
from pathlib import Path
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Training
from harness.train.train import train

root, asked, machine, work = sys.argv[1:]
training = Training.from_json(asked, "the test")
data = Path(root) / "data"
machine = MachineSpec.from_json(machine, "the test")
tell = lambda step: print(step.stage, step.step, flush=True)
train(training, machine, Path(root), data, Path(work), tell)
"""


def digests(files: dict[str, Path]) -> dict[str, str]:
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def with_steps(miniature: Miniature, steps: int):
    return tuple(stage.model_copy(update={"steps": steps}) for stage in miniature.recipe.stages)


@pytest.fixture(scope="module")
def unbroken(miniature, tmp_path_factory):
    return miniature.train(miniature.training(), tmp_path_factory.mktemp("unbroken"))


def test_two_trainings_with_one_seed_give_identical_files_and_losses(miniature, unbroken, tmp_path):
    again = miniature.train(miniature.training(), tmp_path)
    assert digests(again.files) == digests(unbroken.files)
    assert again.losses == unbroken.losses
    assert digests(again.order) == digests(unbroken.order)


def test_a_process_that_trained_may_form_and_dissolve_other_groups_and_train_again(miniature, unbroken, tmp_path):
    """vLLM does so between two trainings of one process; DeepSpeed keeps the groups of the first until it is told."""
    assert not distributed.is_initialized()
    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    distributed.destroy_process_group()
    assert digests(miniature.train(miniature.training(), tmp_path).files) == digests(unbroken.files)
    assert not distributed.is_initialized()


def test_the_samples_are_named_in_the_order_in_which_they_were_seen(miniature, unbroken):
    sizes = {stage.name: (stage.steps * stage.global_batch, stage.sources) for stage in miniature.recipe.stages}
    for name, path in unbroken.order.items():
        seen, (count, sources) = path.read_text().splitlines(), sizes[name]
        assert len(seen) == count
        known = {
            f"{source.name}/{one['id']}"
            for source in sources
            for one in json.loads((miniature.data / source.file).read_text())
        }
        assert set(seen) <= known


def test_another_seed_gives_other_weights(miniature, unbroken, tmp_path):
    other = digests(miniature.train(miniature.training(seed=1), tmp_path).files)
    assert other["tower.safetensors"] != digests(unbroken.files)["tower.safetensors"]


def test_another_seed_shows_the_samples_in_another_order(miniature, unbroken, tmp_path):
    other = digests(miniature.train(miniature.training(seed=1), tmp_path).order)
    assert all(other[name] != digests(unbroken.order)[name] for name in other)


def test_workers_do_not_show_in_the_weights(miniature, unbroken, tmp_path):
    machine = MACHINE.model_copy(update={"workers": 2})
    done = miniature.train(miniature.training(), tmp_path, machine)
    assert (digests(done.files), digests(done.order)) == (digests(unbroken.files), digests(unbroken.order))


def test_a_loss_is_kept_for_every_step_of_every_stage(miniature, unbroken):
    assert {name: len(curve) for name, curve in unbroken.losses.items()} == {"align": 4, "tune": 4}
    assert all(loss > 0 for curve in unbroken.losses.values() for loss in curve)


def test_a_part_without_a_rate_is_frozen_and_a_part_with_one_moves(miniature, unbroken, tmp_path):
    only_align = miniature.train(miniature.training(stages=miniature.recipe.stages[:1]), tmp_path)
    before = miniature.model().state_dict()
    for trained, moving in ((only_align, ("projector",)), (unbroken, ("projector", "encoders", "language"))):
        tower = load_file(trained.files["tower.safetensors"])
        language = load_file(trained.files["language/model.safetensors"])
        after = {f"tower.{name}": tensor for name, tensor in tower.items()}
        after |= {f"language.{name}": tensor for name, tensor in language.items()}
        moved = {
            name.split(".")[1 if name.startswith("tower") else 0] for name in after if not same(before, after, name)
        }
        assert moved == set(moving)


def same(before, after, name: str) -> bool:
    return torch.equal(before[name], after[name])


class Stop(Exception):
    """End a training from its report."""


@pytest.mark.parametrize(("stage", "step"), [("align", 1), ("align", 4), ("tune", 2), ("tune", 4)])
def test_a_training_that_is_cut_short_goes_on_to_the_same_weights(miniature, unbroken, tmp_path, stage, step):
    machine = MACHINE.model_copy(update={"checkpoint_every_s": 1e-9})
    told = []

    def stop(report):
        if (report.stage, report.step) == (stage, step):
            raise Stop

    def run(report):
        return miniature.train(miniature.training(), tmp_path, machine, report)

    with pytest.raises(Stop):
        run(stop)
    resumed = run(lambda report: told.append((report.stage, report.step)))
    everything = [(name, number) for name in ("align", "tune") for number in range(1, 5)]
    assert told == everything[everything.index((stage, step)) + 1 :]
    assert digests(resumed.files) == digests(unbroken.files)
    assert resumed.losses == unbroken.losses
    assert digests(resumed.order) == digests(unbroken.order)


def test_a_machine_that_cannot_lay_out_the_batch_is_refused_with_what_fits(miniature, tmp_path):
    machine = MACHINE.model_copy(update={"micro_batch": 3})
    with pytest.raises(UsageError, match="Micro-batches that fit: 1, 2, 4, 8"):
        miniature.train(miniature.training(), tmp_path, machine)


def test_a_training_whose_parts_are_not_the_pinned_ones_does_not_start(miniature, tmp_path):
    training = miniature.training()
    clip = training.encoders[0]
    wrong = clip.model_copy(update={"weights": clip.weights.model_copy(update={"sha256": "0" * 64})})
    with pytest.raises(InvalidEvidence, match=clip.weights.sha256):
        miniature.train(training.model_copy(update={"encoders": (wrong, *training.encoders[1:])}), tmp_path)
    assert not list(tmp_path.iterdir())


def alone(miniature: Miniature, training: Training, work: Path) -> subprocess.Popen[str]:
    """Start a training in a process of its own, with a snapshot after every step."""
    machine = MACHINE.model_copy(update={"checkpoint_every_s": 1e-9})
    words = (str(miniature.root), training.model_dump_json(), machine.model_dump_json(), str(work))
    return subprocess.Popen(
        [sys.executable, "-c", TRAIN_ALONE, *words],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )


def checkpoint(work: Path) -> dict[str, str]:
    """Return the digests of a checkpoint's files."""
    folder = work / "checkpoint"
    return digests({path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()})


@pytest.mark.slow
def test_a_training_killed_at_any_moment_goes_on_to_the_same_weights(miniature, tmp_path):
    """Kill without warning, again and again, until a run gets through; the moment is drawn anew each time."""
    training = miniature.training(stages=with_steps(miniature, 12))
    whole = alone(miniature, training, tmp_path / "whole")
    assert whole.communicate()
    assert whole.returncode == 0
    dice, kills, finished = random.Random(time.time_ns()), 0, False
    while not finished:
        process = alone(miniature, training, tmp_path / "killed")
        assert process.stdout is not None
        moment = dice.randint(1, 10)
        for step, _ in enumerate(process.stdout, start=1):
            if kills < 3 and step == moment:
                time.sleep(dice.random() * 0.2)
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.stdout.close()
        finished = process.wait() != -signal.SIGKILL
    assert process.returncode == 0
    assert kills
    assert checkpoint(tmp_path / "killed") == checkpoint(tmp_path / "whole")
