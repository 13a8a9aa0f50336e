"""What is measured on the way is what it says, and measuring changes nothing."""

import math

import numpy as np
import pytest
import torch

from harness.analyse.effective_rank import effective_rank
from harness.data.streamed import conversations
from harness.train.figures import TOKENS, Figures, by_stage, listening
from harness.train.kinds import WINDOW


@pytest.fixture(scope="module")
def trained(miniature, tmp_path_factory):
    told = []
    done = miniature.train(miniature.training(), tmp_path_factory.mktemp("figures"), report=told.append)
    return done, told


def test_the_norms_of_the_parts_make_up_the_norm_of_the_whole(trained):
    figures = trained[0].figures["tune"]
    parts = [figures[f"gradient_norm/{name}"] for name in ("clip", "pix2struct", "projector", "language")]
    whole = dict(figures["gradient_norm"])
    for at in range(len(parts[0])):
        step = parts[0][at][0]
        assert math.hypot(*(part[at][1] for part in parts)) == pytest.approx(whole[step], rel=1e-5)


def test_a_frozen_part_has_no_norm_and_speed_is_told_of_every_step(miniature, trained):
    figures, stage = trained[0].figures["align"], miniature.recipe.stages[0]
    assert {name for name in figures if name.startswith("gradient_norm/")} == {"gradient_norm/projector"}
    assert [step for step, _ in figures["samples_per_second"]] == list(range(1, stage.steps + 1))


def test_both_stages_tell_rank_and_accuracy_by_kind(miniature, trained):
    figures = trained[0].figures
    assert {"effective_rank/projector", "accuracy/filled"} <= set(figures["align"])
    tags = {
        turn.tag
        for source in miniature.recipe.stages[1].sources
        for one in conversations(source, miniature.data)
        for turn in one.turns
    }
    told = {name.partition("/")[2] for name in figures["tune"] if name.startswith("accuracy/")}
    assert told == tags - {""} != set()
    for stage in figures.values():
        for name, points in stage.items():
            assert not name.startswith("accuracy/") or all(0 <= value <= 1 for _, value in points)


def test_figures_reach_the_reports(trained):
    done, told = trained
    for report in told:
        for name, value in report.figures.items():
            assert (report.step, value) in done.figures[report.stage][name]
    assert any("effective_rank/clip" in report.figures for report in told)


def test_an_encoder_is_heard_without_another_pass_and_its_rank_is_that_of_its_tokens():
    passes = []

    class Counting(torch.nn.Module):
        def forward(self, canvas):
            passes.append(1)
            return canvas

    encoder, tokens = Counting(), torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0))
    with listening({"clip": encoder}, wanted=True) as ranks:
        assert torch.equal(encoder(tokens), tokens)
        encoder(2 * tokens[:, :1])
    singular = np.linalg.svd(tokens.flatten(0, 1).double().numpy(), compute_uv=False)
    assert ranks["effective_rank/clip"] == pytest.approx(effective_rank(singular), rel=1e-6)
    assert len(passes) == 2
    with listening({"clip": encoder}, wanted=False) as ranks:
        encoder(tokens)
    assert ranks == {}


@pytest.mark.parametrize("value", [0.0, math.nan])
def test_features_without_a_spectrum_give_no_figure(value):
    encoder = torch.nn.Identity()
    with listening({"clip": encoder}, wanted=True) as ranks:
        encoder(torch.full((1, 4, 3), value))
    assert ranks == {}


def test_a_probe_listens_to_few_tokens():
    encoder = torch.nn.Identity()
    with listening({"clip": encoder}, wanted=True) as ranks:
        encoder(torch.cat([torch.eye(2).repeat(TOKENS // 2, 1), torch.full((8, 2), 1e6)])[None])
    assert ranks["effective_rank/clip"] == pytest.approx(2.0)


def test_figures_outlive_a_snapshot_and_leave_out_steps_without_one():
    kept = {}
    first = Figures(kept, "tune", 3 * WINDOW)
    probes = [step for step in range(3 * WINDOW) if first.probes(step)]
    assert probes == [0, WINDOW - 1, 2 * WINDOW - 1, 3 * WINDOW - 1]
    first.add(0, {"a": 1.0, "b/c": 2.0})
    again = Figures(dict(kept), "tune", 3 * WINDOW)
    again.add(2, {"a": 3.0})
    assert by_stage(again.kept) == {"tune": {"a": [(1, 1.0), (3, 3.0)], "b/c": [(1, 2.0)]}}
    assert again.at(0) == {"a": 1.0, "b/c": 2.0}
    assert again.at(1) == {}
