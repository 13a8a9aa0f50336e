"""Dense alignment: the loss is the one that is written down, it reaches what the recipe names, and it repeats."""

from dataclasses import replace
from hashlib import sha256

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from harness.data.cells import NOTHING, demand_cells, read_cells, token_ids
from harness.data.conversation import read_conversations
from harness.data.sources import read
from harness.errors import InvalidEvidence
from harness.train.dense import (
    EMPTY,
    CellBatch,
    Dense,
    cell_errors,
    fused_once,
    serve_cells,
    summed,
    told_apart,
    weighted,
)
from harness.train.kinds import Kinds
from tests.harness.miniature import MACHINE

WORDS = torch.tensor([[[0, 2], [1, NOTHING], [NOTHING, NOTHING]]])


def table() -> nn.Embedding:
    return nn.Embedding.from_pretrained(torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]))


def test_a_cell_is_the_sum_of_its_words_and_nothing_is_zero():
    assert summed(table(), WORDS).tolist() == [[[4.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]


def test_a_perfect_projector_has_no_loss():
    errors = cell_errors(summed(table(), WORDS), WORDS, table())
    assert errors.tolist() == [[0.0, 0.0, 0.0]]
    assert float(weighted(errors, WORDS[..., 0] != NOTHING)) == 0


def test_the_loss_of_a_picture_is_known_by_hand():
    """Errors 4, 2 and 1 over a variance of 1.6 (six numbers, mean 1, squares sum to 8 around it, 8 / 5)."""
    told = summed(table(), WORDS) + torch.tensor([[[2.0, 2.0], [2.0, 0.0], [1.0, 1.0]]])
    errors = cell_errors(told, WORDS, table())
    assert errors.tolist() == [pytest.approx([4 / 1.6, 2 / 1.6, 1 / 1.6])]
    assert EMPTY == 0.15
    loss = float(weighted(errors, WORDS[..., 0] != NOTHING))
    assert loss == pytest.approx((4 + 2 + 0.15) / 1.6 / 3)


def test_a_cell_is_told_apart_when_its_own_words_are_the_nearest_of_those_that_are_shown():
    """The words are [4, 0], [0, 2] and again [0, 2]; the last one is told as the first is."""
    words = torch.tensor([[0, 2], [1, NOTHING], [1, NOTHING]])
    told = torch.tensor([[3.0, 0.5], [0.4, 1.0], [4.0, 0.0]])
    assert told_apart(told, words, table()).tolist() == [True, True, False]
    assert told_apart(told[:0], words[:0], table()).tolist() == []


def unheard() -> tuple[Kinds, Kinds]:
    return Kinds({}, "align", 4), Kinds({}, "align", 4)


def contents(miniature):
    return [read(source, miniature.data, read_cells) for source in miniature.recipe.stages[0].sources]


def served(miniature, model, stage, first_step=0, micro_batch=4) -> list[CellBatch]:
    recipe = miniature.recipe
    return list(
        serve_cells(
            model.tower, contents(miniature), stage, recipe.canvas, miniature.speech(), 64, 0, micro_batch, first_step
        )
    )


def trained(stage, **rates):
    return stage.model_copy(update={"rates": rates})


def test_the_gradient_reaches_what_has_a_rate_and_nothing_else(miniature):
    for rates in ({"projector": 1e-3}, {"projector": 1e-3, "encoders": 1e-4}):
        stage = trained(miniature.recipe.stages[0], **rates)
        model = miniature.model().train()
        model.tower.encoders.requires_grad_("encoders" in rates)
        Dense(model, stage, *unheard())(served(miniature, model, stage)[0]).backward()
        reached = {name.split(".")[1] for name, one in model.named_parameters() if one.grad is not None}
        assert reached == set(rates)


@torch.no_grad()
def test_encoding_once_changes_nothing(miniature):
    """Compare the loss on remembered features with that on the pictures themselves."""
    model, stage = miniature.model(), miniature.recipe.stages[0]
    losses = [
        [float(Dense(model, one, *unheard())(batch)) for batch in served(miniature, model, one)]
        for one in (trained(stage, projector=1e-3), trained(stage, projector=1e-3, encoders=1e-4))
    ]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.parametrize("step", [1, 3])
def test_a_stage_taken_up_again_is_served_the_same_bits(miniature, step):
    model, stage = miniature.model(), miniature.recipe.stages[0]
    whole, rest = served(miniature, model, stage), served(miniature, model, stage, first_step=step)
    for one, other in zip(whole[2 * step :], rest, strict=True):
        assert torch.equal(one.seen, other.seen)
        assert torch.equal(one.words, other.words)
        assert one.ids == other.ids


def test_a_picture_is_served_with_its_own_words_and_features(miniature):
    model, stage = miniature.model(), miniature.recipe.stages[0]
    named = {f"cells/{one.id}": one for one in contents(miniature)[0]}
    batch = served(miniature, model, stage)[-1]
    ids = token_ids([named[name].cells for name in batch.ids], miniature.speech(), batch.words.shape[2])
    assert torch.equal(ids, batch.words)
    alone = fused_once(model.tower, [named[name].picture for name in batch.ids], miniature.recipe.canvas)
    torch.testing.assert_close(alone, batch.seen)


def align(miniature, **rates):
    return miniature.training(stages=(trained(miniature.recipe.stages[0], **rates),))


@pytest.mark.parametrize("rates", [{"projector": 1e-3}, {"projector": 1e-3, "encoders": 1e-4}])
def test_two_alignments_are_equal_bit_by_bit_and_move_what_has_a_rate(miniature, tmp_path, rates):
    done, again = (miniature.train(align(miniature, **rates), tmp_path / name) for name in ("a", "b"))
    for name, path in done.files.items():
        assert sha256(path.read_bytes()).digest() == sha256(again.files[name].read_bytes()).digest()
    assert (done.losses, done.kinds) == (again.losses, again.kinds)
    assert set(done.kinds) == {"align/filled", "align/empty"}
    before, after = miniature.model().tower.state_dict(), load_file(done.files["tower.safetensors"])
    assert {name.split(".")[0] for name in after if not torch.equal(before[name], after[name])} == set(rates)


class Stop(Exception):
    """End a training from its report."""


def test_an_alignment_that_is_cut_short_goes_on_to_the_same_weights(miniature, tmp_path):
    def stop(report):
        if report.step == 2:
            raise Stop

    machine, asked = MACHINE.model_copy(update={"checkpoint_every_s": 1e-9}), align(miniature, projector=1e-3)
    with pytest.raises(Stop):
        miniature.train(asked, tmp_path / "cut", machine, stop)
    resumed = miniature.train(asked, tmp_path / "cut", machine)
    whole = miniature.train(asked, tmp_path / "whole")
    one, other = (load_file(run.files["tower.safetensors"]) for run in (resumed, whole))
    assert all(torch.equal(one[name], other[name]) for name in other)
    assert (resumed.losses, resumed.kinds) == (whole.losses, whole.kinds)


@pytest.mark.parametrize("file", ["captions.json", "mixture.json"])
def test_conversations_are_refused_where_cells_are_asked_for(miniature, tmp_path, file):
    stage = miniature.recipe.stages[0]
    sources = tuple(source.model_copy(update={"file": file}) for source in stage.sources)
    wrong = miniature.training(stages=(stage.model_copy(update={"sources": sources}),))
    with pytest.raises(InvalidEvidence, match=f"{file}, record 0 does not say what cells hold"):
        miniature.train(wrong, tmp_path)


def test_cells_are_refused_where_conversations_are_asked_for(miniature):
    (source,) = miniature.recipe.stages[0].sources
    with pytest.raises(InvalidEvidence, match=r"cells\.json, record 0 is not in the LLaVA conversation format"):
        read(source, miniature.data, read_conversations)


def test_another_number_of_cells_than_the_grid_has_is_refused(miniature):
    (one, *_) = contents(miniature)[0]
    with pytest.raises(InvalidEvidence, match="63 cells; the recipe's grid has 64"):
        demand_cells([one, replace(one, cells=one.cells[1:])], 64)
