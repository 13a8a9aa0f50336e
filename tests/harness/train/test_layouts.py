"""How a training lies on processes and ZeRO stages does not show in what it learns.

Tolerances. One process at ZeRO stage 0 repeats itself bit for bit (test_training.py). Other layouts add the same
float32 numbers in another order: a sum of n terms moves by about sqrt(n) 2^-24, under 1e-5 of a loss or a norm here.
AdamW makes more of it: its first steps follow the signs of gradients, and a gradient that is zero but for rounding (a
key's bias) has a sign too. Micro-batches of the same shape round alike and stay within 1e-5; of another shape, padded
to another length, they differ by 1e-4 after four steps, so 1e-3 is asked of them, and 1e-5 of the first step. AdamW and
clipping hide a gradient of the wrong size, which is why the norms before clipping are compared as well.
"""

import json
import signal

import pytest
import torch

from harness.errors import UsageError
from harness.schema.machine import MachineSpec
from harness.train.resume import Snapshots
from tests.harness.miniature import MACHINE
from tests.harness.train import plain
from tests.harness.train.processes import start

SAME_SHAPE, OTHER_SHAPE = 1e-5, 1e-3


@pytest.fixture(scope="module")
def expected(miniature):
    return plain.curves(miniature, miniature.training())


def machine(**changes):
    return MACHINE.model_copy(update=changes)


def agree(expected: plain.Curves, losses, figures, tolerance: float = SAME_SHAPE) -> None:
    """Compare the losses and norms of every step; the first step of a stage, whose weights are the same, closely."""
    for stage, curve in expected.losses.items():
        norms = [norm for _, norm in figures[stage]["gradient_norm"]]
        assert losses[stage] == pytest.approx(curve, rel=tolerance)
        assert norms == pytest.approx(expected.norms[stage], rel=10 * tolerance)
    (first, *_) = expected.losses
    assert losses[first][0] == pytest.approx(expected.losses[first][0], rel=SAME_SHAPE)


def outcome(processes) -> list[dict]:
    """Return what the first process said, once all have ended well."""
    said, _ = processes[0].communicate()
    assert [process.wait() for process in processes] == [0] * len(processes)
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("zero_stage", [0, 1, 2, 3])
def test_one_process_finds_the_losses_of_a_plain_loop(miniature, expected, tmp_path, zero_stage):
    done = miniature.train(miniature.training(), tmp_path, machine(zero_stage=zero_stage))
    agree(expected, done.losses, done.figures)


@pytest.mark.slow
def test_two_processes_find_the_losses_of_a_plain_loop(miniature, expected, tmp_path):
    """Take every ZeRO stage, with and without accumulation, in one pair of processes: starting them is what costs."""
    layouts = [machine(devices=2, zero_stage=stage) for stage in (0, 1, 2, 3)]
    layouts.append(machine(devices=2, zero_stage=2, micro_batch=2))
    told = outcome(start(miniature, miniature.training(), tmp_path, *layouts))
    found = [one for one in told if "losses" in one]
    assert len(found) == len(layouts)
    for one, layout in zip(found, layouts, strict=True):
        tolerance = SAME_SHAPE if layout.micro_batch == MACHINE.micro_batch else OTHER_SHAPE
        agree(expected, one["losses"], one["figures"], tolerance)
        assert one["kinds"].keys() == found[0]["kinds"].keys()
    orders = {(tmp_path / str(number) / "order" / "tune.txt").read_text() for number in range(len(layouts))}
    assert len(orders) == 1


def test_a_micro_batch_of_another_size_finds_the_same_losses(miniature, expected, tmp_path):
    """Answers weigh alike, whatever company the machine file puts them in."""
    done = miniature.train(miniature.training(), tmp_path, machine(micro_batch=2))
    agree(expected, done.losses, done.figures, OTHER_SHAPE)


@pytest.mark.slow
def test_two_processes_killed_at_zero_3_go_on_as_one_at_zero_0(miniature, expected, tmp_path):
    training = miniature.training()
    processes = start(miniature, training, tmp_path, machine(devices=2, zero_stage=3, checkpoint_every_s=1e-9))
    assert processes[0].stdout is not None
    for line in processes[0].stdout:
        step = json.loads(line)
        if (step.get("stage"), step.get("step")) == ("tune", 2):
            break
    for process in processes:
        process.send_signal(signal.SIGKILL)
    assert [process.wait() for process in processes] == [-signal.SIGKILL] * 2
    processes[0].stdout.close()
    told = []
    resumed = miniature.train(training, tmp_path / "0", report=lambda step: told.append((step.stage, step.step)))
    assert told[0][0] == "tune"
    assert told[0][1] > 2
    agree(expected, resumed.losses, resumed.figures)


def test_a_machine_file_that_counts_other_processes_than_there_are_is_refused(miniature, tmp_path):
    with pytest.raises(UsageError, match=r"machine\.devices is 2, but 1 processes were started"):
        miniature.train(miniature.training(), tmp_path, machine(devices=2))


@pytest.mark.slow
@pytest.mark.parametrize(("zero_stage", "offload"), [(2, "optimizer"), (3, "parameters")])
def test_what_lies_in_main_memory_learns_the_same(miniature, expected, tmp_path, zero_stage, offload):
    done = miniature.train(miniature.training(), tmp_path, machine(zero_stage=zero_stage, offload=offload))
    agree(expected, done.losses, done.figures)


def test_activations_computed_again_are_the_same_bit_for_bit(miniature, tmp_path):
    plainly = miniature.train(miniature.training(), tmp_path / "kept")
    again = miniature.train(miniature.training(), tmp_path / "recomputed", machine(recompute=True))
    assert again.losses == plainly.losses


class Stop(Exception):
    """End a training from its report."""


@pytest.mark.slow
@pytest.mark.parametrize("zero_stage", [0, 3])
def test_bfloat16_goes_on_from_its_float32_weights(miniature, tmp_path, zero_stage):
    """A resumed run would differ at once if the weights that the optimizer keeps were rounded to 8 bits."""
    stages = tuple(stage.model_copy(update={"precision": "bfloat16"}) for stage in miniature.recipe.stages)
    training, halved = miniature.training(stages=stages), machine(zero_stage=zero_stage, checkpoint_every_s=1e-9)

    def stop(report):
        if (report.stage, report.step) == ("tune", 2):
            raise Stop

    whole = miniature.train(training, tmp_path / "whole", halved)
    with pytest.raises(Stop):
        miniature.train(training, tmp_path / "cut", halved, stop)
    kept = Snapshots(tmp_path / "cut" / "snapshots", 3600).newest()
    assert kept is not None
    rounded = [torch.equal(one, one.bfloat16().float()) for one in kept.weights.values()]
    assert {one.dtype for one in kept.weights.values()} == {torch.float32}
    assert not all(rounded)
    assert miniature.train(training, tmp_path / "cut", halved).losses == whole.losses


@pytest.mark.parametrize(("zero_stage", "offload", "least"), [(0, "optimizer", 1), (2, "parameters", 3)])
def test_an_offload_that_the_zero_stage_cannot_do_is_refused(zero_stage, offload, least):
    with pytest.raises(ValueError, match=f"offload '{offload}' needs zero_stage {least} or more, came {zero_stage}"):
        MachineSpec.model_validate({**dict(MACHINE), "zero_stage": zero_stage, "offload": offload})
