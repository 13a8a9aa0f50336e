"""DeepSpeed, through its one door, does what a plain loop does."""

import gc
import weakref
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from harness.train.divergence import Diverged
from harness.train.engine import Engine
from harness.train.schedule import scale
from tests.harness.miniature import MACHINE


def stage(miniature, **changes):
    return miniature.recipe.stages[1].model_copy(
        update={"rates": {"language": 2e-2, "projector": 5e-2}, "weight_decay": 0.1, "clip": 0.5, "steps": 6} | changes
    )


def small() -> nn.ModuleDict:
    torch.manual_seed(0)
    return nn.ModuleDict({"projector": nn.Linear(6, 16), "language": nn.Linear(16, 1)})


def loss_of(model: nn.ModuleDict, batch: torch.Tensor) -> torch.Tensor:
    return (model["language"](model["projector"](batch).tanh()) - batch.sum(1, keepdim=True)).square().mean()


def batches(count: int) -> list[torch.Tensor]:
    return list(torch.randn(count, 4, 6, generator=torch.Generator().manual_seed(1)))


def parts(model: nn.ModuleDict):
    return {name: list(model[name].parameters()) for name in ("projector", "language")}


class Wrapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = small()

    def forward(self, batch):
        return loss_of(self.model, batch)


@pytest.mark.parametrize("accumulation", [1, 2])
def test_losses_equal_those_of_a_plain_loop(miniature, accumulation):
    """Compare with torch's AdamW, gradients averaged over micro-batches and clipped, to five decimals."""
    wanted = stage(miniature, global_batch=4 * accumulation)
    fed = batches(6 * accumulation)
    ours = Wrapped()
    engine = Engine(ours, parts(ours.model), wanted, MACHINE)
    found = [
        engine.step((engine.engine(batch) for batch in fed[at : at + accumulation]), scale(wanted, at // accumulation))
        for at in range(0, len(fed), accumulation)
    ]

    plain = small()
    groups = [{"params": plain[name].parameters(), "lr": rate} for name, rate in wanted.rates.items()]
    optimizer = torch.optim.AdamW(groups, weight_decay=wanted.weight_decay)
    expected = []
    for step in range(6):
        for group, rate in zip(optimizer.param_groups, wanted.rates.values(), strict=True):
            group["lr"] = rate * scale(wanted, step)
        losses = [loss_of(plain, batch) for batch in fed[step * accumulation : (step + 1) * accumulation]]
        optimizer.zero_grad()
        (sum(losses, torch.tensor(0.0)) / accumulation).backward()
        nn.utils.clip_grad_norm_(plain.parameters(), wanted.clip)
        optimizer.step()
        expected.append(sum(float(loss.detach()) for loss in losses) / accumulation)
    assert found == pytest.approx(expected, abs=5e-6)
    for ours_, theirs in zip(ours.model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours_, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training_before_it_touches_a_weight(miniature, value):
    model = Wrapped()
    engine = Engine(model, parts(model.model), stage(miniature, global_batch=4), MACHINE)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    poisoned = (engine.engine(batch) * value for batch in batches(1))
    with pytest.raises(Diverged, match=r"stage 'tune', step 1: the loss is (nan|-?inf)") as refusal:
        engine.step(poisoned, 1.0)
    assert refusal.value.exit_code == 50
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))


def test_moments_put_back_go_on_as_if_nothing_had_happened(miniature):
    wanted, fed = stage(miniature, global_batch=4), batches(6)
    whole = Wrapped()
    engine = Engine(whole, parts(whole.model), wanted, MACHINE)
    cut = SimpleNamespace(weights={}, moments={})
    for step, batch in enumerate(fed):
        if step == 3:
            cut.weights = {name: tensor.clone() for name, tensor in whole.state_dict().items()}
            cut.moments = {name: tensor.clone() for name, tensor in engine.moments().items()}
        engine.step([engine.engine(batch)], scale(wanted, step))
    resumed = Wrapped()
    second = Engine(resumed, parts(resumed.model), wanted, MACHINE)
    resumed.load_state_dict(cut.weights)
    second.restore(cut.weights, cut.moments, 3)
    for step in (3, 4, 5):
        second.step([second.engine(fed[step])], scale(wanted, step))
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    assert all(torch.equal(tensor, second.moments()[name]) for name, tensor in engine.moments().items())


@pytest.mark.parametrize("zero_stage", [0, pytest.param(3, marks=pytest.mark.slow)])
def test_what_an_engine_held_is_free_when_it_is_closed(miniature, zero_stage):
    """The next stage builds its model in the same process, and on the same device."""

    def run() -> list[weakref.ref]:
        model = Wrapped()
        machine = MACHINE.model_copy(update={"zero_stage": zero_stage})
        engine = Engine(model, parts(model.model), stage(miniature, global_batch=4), machine)
        engine.step([engine.engine(batch) for batch in batches(1)], 1.0)
        kept = [weakref.ref(one) for one in (engine.engine, engine.optimizer, model)]
        engine.close()
        return kept

    kept = run()
    gc.collect()
    assert [one() for one in kept] == [None] * 3


def test_torch_s_product_is_its_own_again_after_spread_weights(miniature):
    before = torch.nn.functional.linear
    model, machine = Wrapped(), MACHINE.model_copy(update={"zero_stage": 3})
    engine = Engine(model, parts(model.model), stage(miniature, global_batch=4), machine)
    assert torch.nn.functional.linear is not before
    engine.close()
    assert torch.nn.functional.linear is before
