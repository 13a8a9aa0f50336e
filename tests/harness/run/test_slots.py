"""Slots: what one job has to itself."""

import pytest

from harness.errors import MachineError
from harness.run import slots
from tests.harness.miniature import MACHINE

GPUS = MACHINE.model_copy(update={"accelerator": "cuda", "devices": 2})


def test_a_processor_gives_a_slot_to_every_core(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(8)))
    assert slots.count(MACHINE, 0) == 8
    assert slots.count(MACHINE.model_copy(update={"threads": 3}), 0) == 2
    assert slots.count(MACHINE.model_copy(update={"threads": 16}), 0) == 1
    assert slots.count(MACHINE, 3) == 3
    assert slots.devices(MACHINE, 1) is None


def test_no_two_slots_share_a_gpu(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,5,6,7,9")
    assert slots.count(GPUS, 0) == 2
    assert [slots.devices(GPUS, slot) for slot in range(2)] == ["4,5", "6,7"]


@pytest.mark.parametrize(("visible", "asked"), [("", 0), ("0", 0), ("0,1,2", 2)])
def test_too_few_gpus_are_refused(monkeypatch, visible, asked):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    with pytest.raises(MachineError, match="GPUs"):
        slots.count(GPUS, asked)
