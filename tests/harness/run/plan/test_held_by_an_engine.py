"""What a plan says an engine holds is what DeepSpeed's tensors take, but for one layer of sixteen.

Every tensor of this process is counted once by its storage, before an engine is built and after its last backward pass,
when weights, moments and gradients all are there. One process stands for one device, so nothing is divided; what ZeRO
divides by is solved by hand in test_costs.py. The model is a row of equal layers, one of which DeepSpeed may hold once
more; its buckets, at most two of the size of the model, it may hold between passes or not.
"""

import gc

import pytest
import torch
from torch import nn

from harness.run.plan.costs import memory
from harness.run.plan.nouns import Counted
from harness.train.engine import Engine
from tests.harness.miniature import MACHINE
from tests.harness.run.plan.test_costs import TUNE
from tests.harness.train.conftest import left as left

LAYERS, WIDTH = 16, 64
PARAMETERS = LAYERS * WIDTH**2
BATCH = 4
HELD = ("weights", "gradients", "optimizer")


class Row(nn.Module):
    """Chain equal layers, and lose by what comes out."""

    def __init__(self) -> None:
        super().__init__()
        self.language = nn.Sequential(*(nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(LAYERS)))

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        return self.language(given).float().square().mean()


def storages() -> dict[int, torch.UntypedStorage]:
    """Return the storage of every tensor that lives, gradients among them."""
    gc.collect()
    found = [one for one in gc.get_objects() if type(one) in (torch.Tensor, nn.Parameter)]
    found += [one.grad for one in found if one.is_leaf and one.grad is not None]
    return {one.untyped_storage().data_ptr(): one.untyped_storage() for one in found}


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("zero", [0, 1, 2, 3])
def test_weights_gradients_and_moments_are_those_of_the_plan(precision, zero):
    stage = TUNE.model_copy(update={"precision": precision, "rates": {"language": 1e-3}, "global_batch": 2 * BATCH})
    part = Counted(name="row", part="language", parameters=PARAMETERS, forward=0, kept=0, passed=0, inputs=0, block=0)
    before, model = storages(), Row()
    engine = Engine(
        model,
        {"language": list(model.language.parameters())},
        stage,
        MACHINE.model_copy(update={"zero_stage": zero, "micro_batch": BATCH}),
    )
    held: list[int] = []
    backward = engine.engine.backward

    def counted(loss: torch.Tensor) -> None:
        backward(loss)
        held.append(sum(one.nbytes() for place, one in storages().items() if place not in before))

    given = torch.randn(BATCH, WIDTH, dtype=torch.bfloat16 if precision == "bfloat16" else torch.float32)
    # At stage 0 torch makes the moments in the first step.
    for counts in (backward, counted):
        engine.engine.backward = counts
        engine.step((engine.engine(given) for _ in range(2)), 1.0)
    engine.engine.backward = backward
    engine.close()
    terms = memory(stage, [part], 1, BATCH, zero, "none", False)
    expected, layer = sum(terms[name] for name in HELD), 1 / LAYERS
    assert expected * (1 - layer) < held[-1] < (expected + terms["buckets"]) * (1 + layer)
