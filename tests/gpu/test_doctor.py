"""What the driver's library says of a real GPU is read, and judged as a machine that can run."""

import pytest
import torch

from harness.cli import diagnosis
from harness.record.devices import probe

pytestmark = pytest.mark.gpu


def test_the_management_library_and_torch_see_the_same_devices():
    seen = probe()
    assert seen is not None
    assert len(seen.gpus) >= torch.cuda.device_count() > 0
    names = {gpu.name for gpu in seen.gpus}
    for index in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(index)
        assert about.name in names
        gpu = next(one for one in seen.gpus if one.name == about.name)
        assert gpu.capability == (about.major, about.minor)
        # The driver keeps a part of the memory that it counts.
        assert 0.9 * gpu.memory < about.total_memory <= gpu.memory
        assert 0 < gpu.free <= gpu.memory


def test_a_gpu_of_this_class_passes_every_line():
    devices = probe()
    lines = [diagnosis.driver(devices, True), *diagnosis.gpus(devices, 1, [])]
    assert {line.what for line in lines} >= {"GPU driver", "GPU class", "MIG", "GPU memory"}
    assert [line for line in lines if line.state == "fail"] == []
