"""Lend the miniature project to tests that need a CUDA device; where there is none, they are skipped.

    pytest tests/gpu -m gpu

The tests have no weights and no network: what they hold is the path, not what a model knows. They run under the
settings that a child process of the harness is given (`harness/run/processor.py`).
"""

import os

import pytest
import torch
from torch import distributed

from harness.run.processor import environment
from harness.train.together import leave
from tests.harness.miniature import MACHINE
from tests.harness.miniature import miniature as miniature
from tests.harness.predict.conftest import asked as asked
from tests.harness.predict.conftest import checkpoint as checkpoint
from tests.harness.predict.conftest import protocol as protocol

GPU = MACHINE.model_copy(update={"accelerator": "cuda"})
DETERMINISM = ("CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE")


@pytest.fixture(autouse=True, scope="session")
def settings():
    """Skip without a device; set what CUDA's libraries read when they are first used."""
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    wanted = environment(GPU)
    os.environ.update({name: wanted[name] for name in DETERMINISM})


@pytest.fixture(autouse=True)
def left():
    yield
    if distributed.is_initialized():
        leave()
    torch.use_deterministic_algorithms(False)
    torch.cuda.empty_cache()
