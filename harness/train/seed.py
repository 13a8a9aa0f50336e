"""Make a training repeatable: seed every generator and ask torch for deterministic kernels.

Thread count and instruction set decide the order of floating-point sums on a CPU and must be in the environment before
torch is loaded; `harness/run/processor.py` puts them there.
"""

import random
from typing import Any

import numpy as np
import torch

from harness.data.order import generator


def settle(*key: str | int) -> None:
    """Seed python, numpy and torch from a key, and refuse kernels that are not deterministic."""
    number = int(generator(*key).integers(2**31))
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)
    torch.use_deterministic_algorithms(True)
    # Nobody reads what nobody has written; filling it first would double the kernels of a step on a GPU.
    switches: Any = torch.utils.deterministic
    switches.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = False
