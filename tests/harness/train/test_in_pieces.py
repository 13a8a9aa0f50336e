"""Every encoder and every arm computes with weights in pieces (ZeRO stage 3) what it computes with whole ones.

DeepSpeed puts a module's own weights together when the module is called. Where a library's module is not called but one
of its methods, or its weights are read from outside, pieces are met, of no shape at all.

Four steps of five encoders add more numbers in another order than those of test_layouts.py, which says what that does:
1e-4 is asked of them.
"""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from harness.encoders.build import build
from harness.train.engine import Engine
from harness.train.seed import settle
from tests.harness.encoders.small import SMALL
from tests.harness.miniature import MACHINE
from tests.harness.train.test_arms import STATED, named

ALL = "clip+convnext+sam+eva02+pix2struct"
PICTURES = 2
IN_PIECES = MACHINE.model_copy(update={"zero_stage": 3, "micro_batch": PICTURES})
CLOSE, LATER = 1e-5, 1e-4


class Seen(nn.Module):
    """Lose by what an encoder sees."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, canvas: Tensor) -> Tensor:
        return self.encoder(canvas).square().mean()


def losses(engine: Engine, canvas: Tensor, told: list[float]) -> Iterator[Tensor]:
    loss = engine.engine(canvas)
    told.append(float(loss.detach()))
    yield loss


@pytest.mark.slow
@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("spec", SMALL, ids=lambda spec: f"{spec.family}-{spec.side_px}-{spec.channels}")
def test_an_encoder_learns_in_pieces_what_it_learns_whole(miniature, spec, recompute):
    stage = miniature.recipe.stages[1].model_copy(update={"rates": {"encoders": 1e-3}, "global_batch": PICTURES})
    told = []
    for zero_stage in (0, 3):
        settle(0, spec.name)
        model, canvas = Seen(build(spec).train()), torch.rand(PICTURES, 3, spec.side_px, spec.side_px)
        model.encoder.checkpoint_activations(recompute)
        machine = IN_PIECES.model_copy(update={"zero_stage": zero_stage})
        engine = Engine(model, {"encoders": list(model.parameters())}, stage, machine)
        said: list[float] = []
        for _ in range(2):
            engine.step(losses(engine, canvas, said), 1.0)
        told.append((said, engine.norm))
        engine.close()
    (whole, norm), (spread, other) = told
    assert spread == pytest.approx(whole, rel=CLOSE)
    assert other == pytest.approx(norm, rel=LATER)
    assert whole[1] != whole[0]


@pytest.mark.slow
def test_a_training_of_every_encoder_lies_in_pieces_too(miniature, tmp_path):
    whole, spread = (
        miniature.train(
            miniature.training(ALL), tmp_path / str(stage), MACHINE.model_copy(update={"zero_stage": stage})
        )
        for stage in (0, 3)
    )
    assert whole.losses.keys() == spread.losses.keys()
    for stage, curve in whole.losses.items():
        assert spread.losses[stage] == pytest.approx(curve, rel=LATER)


@pytest.mark.slow
@pytest.mark.parametrize("stated", STATED, ids=lambda stated: "-".join(map(str, stated.values())))
def test_an_arm_lies_in_pieces_too(miniature, tmp_path, stated):
    training = named(miniature, stated)
    whole, spread = (
        miniature.train(training, tmp_path / str(stage), MACHINE.model_copy(update={"zero_stage": stage}))
        for stage in (0, 3)
    )
    assert spread.losses["tune"] == pytest.approx(whole.losses["tune"], rel=CLOSE)
