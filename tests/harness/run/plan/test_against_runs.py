"""What a plan counts on shapes alone is what a training of the miniature does and holds.

Operations and bytes are counted, not timed, so nothing here depends on what else the machine does. The plan's text is
set to the length of the very batch that is run, whose answers it then over-counts: it takes every word for answered.
"""

from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count

from harness.config.compose import compose
from harness.data.conversation import read_conversations
from harness.data.loader import serve
from harness.data.sources import read
from harness.run.plan.answer import Measured, answer_of, rate_of
from harness.run.plan.costs import activations, memory, operations
from harness.run.plan.count import count
from harness.run.plan.devices import find
from harness.run.plan.grid import parts_of
from harness.run.plan.nouns import PlanRequest
from harness.run.plan.watch import FUSED
from harness.train.loop import parts
from harness.train.train import assemble
from tests.harness.run.plan.test_plan import ASSUMED

BACKWARD = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward
SUBSETS = ("clip", "pix2struct", "clip+pix2struct")
BATCH = 4


@pytest.fixture(scope="module")
def batch(miniature):
    """Take a batch of conversations of one turn, all of one length: what the plan takes every sample to be."""
    tune = miniature.recipe.stages[1].model_copy(update={"max_turns": 1, "global_batch": BATCH})
    said = [read(source, miniature.data, read_conversations) for source in tune.sources]
    return next(serve(said, tune, miniature.recipe.canvas, miniature.speech(), 64, 512, 0, BATCH, 0, 0))


@pytest.fixture(scope="module")
def counts(miniature, batch, tmp_path_factory):
    encoders = tuple(miniature.encoders[name] for name in ("clip", "pix2struct"))
    home = miniature.root / miniature.recipe.language.folder
    language = miniature.recipe.language.model_copy(update={"folder": str(home)})
    request = PlanRequest(
        recipe=miniature.recipe.model_copy(update={"language": language}),
        encoders=encoders,
        subsets=SUBSETS,
        text=batch.tokens.shape[1] - 64,
        file=str(tmp_path_factory.mktemp("plan") / "counts.json"),
    )
    return count(request)


@pytest.fixture(scope="module")
def tune(miniature):
    return miniature.recipe.stages[1]


def forward_operations(query, key, value, *args, out_shape=None, **kwargs) -> int:
    return sdpa_flop_count(query, key, value)


def backward_operations(gradient, query, key, value, *args, out_shape=None, **kwargs) -> int:
    return sdpa_backward_flop_count(gradient, query, key, value)


def ran(miniature, batch, trained: str) -> tuple[float, float]:
    """Run a batch forward and back; return its operations and the bytes that autograd kept, weights not counted."""
    model = assemble(miniature.training(trained), miniature.root).train()
    known = {one.untyped_storage().data_ptr() for one in [*model.parameters(), *model.buffers()]}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    # torch's own table has no entry for what attention is on a CPU.
    attention = {FUSED: forward_operations, BACKWARD: backward_operations}
    with FlopCounterMode(display=False, custom_mapping=attention) as counter:
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            loss = model(batch)
        loss.backward()
    return float(counter.get_total_flops()), float(sum(kept.values()))


@pytest.mark.parametrize("trained", SUBSETS)
def test_operations_of_a_step_are_those_that_were_planned(miniature, batch, counts, tune, trained):
    found, _ = ran(miniature, batch, trained)
    planned = BATCH * operations(tune, parts_of(counts, trained), False)
    # Above: every word is taken for answered. Below: the first layers have no gradient of the picture to compute.
    assert found == pytest.approx(planned, rel=0.1)


@pytest.mark.parametrize("trained", SUBSETS)
def test_activations_of_a_step_are_those_that_were_planned(miniature, batch, counts, tune, trained):
    _, found = ran(miniature, batch, trained)
    planned = BATCH * activations(tune, parts_of(counts, trained), False)
    assert found == pytest.approx(planned, rel=0.25)


def test_weights_gradients_and_moments_are_those_that_were_planned(miniature, counts, tune):
    model = assemble(miniature.training("clip+pix2struct"), miniature.root)
    optimizer = torch.optim.AdamW(one for part in parts(model).values() for one in part)
    for one in model.parameters():
        one.grad = torch.zeros_like(one)
    optimizer.step()
    terms = memory(tune, parts_of(counts, "clip+pix2struct"), 1, 1, 0, "none", False)
    assert terms["weights"] == terms["gradients"] == sum(one.nbytes for one in model.parameters())
    moments = [one for state in optimizer.state.values() for one in state.values() if one.ndim]
    assert terms["optimizer"] == sum(one.nbytes for one in moments)


def test_a_training_that_was_run_stands_beside_its_plan(miniature, counts):
    pool = miniature.recipe.model_copy(update={"pool": ("clip", "pix2struct")})
    study = compose().model_copy(update={"recipe": pool})
    measured = [Measured("clip", 0, 10.0, 5e8, 3e6), Measured("clip+pix2struct", 0, 20.0, 0.0, 6e6)]
    assumed = replace(ASSUMED, rate=rate_of(counts, study, measured))
    found = answer_of(study, counts, "clip+pix2struct", find("cpu"), assumed, measured)["measured"]
    weights = {trained: 4.0 * sum(part.parameters for part in parts_of(counts, trained)) for trained in SUBSETS}
    assert [one["disk"] for one in found] == [
        {"planned": weights["clip"], "measured": 3e6},
        {"planned": weights["clip+pix2struct"], "measured": 6e6},
    ]
    assert [one["memory"]["measured"] for one in found] == [5e8, None]
    assert all(one["memory"]["planned"] > 3 * weights[one["subset"]] for one in found)
    # At the rate that both reached together, both seconds add up to those that were measured.
    assert [one["seconds"]["measured"] for one in found] == [10.0, 20.0]
    assert sum(one["seconds"]["planned"] for one in found) == pytest.approx(30.0)
