"""Readouts are of untrained encoders, of pictures that are told apart, and the same by an ordinary solve."""

import json

import numpy as np
import pytest
import torch

from benchmarks.mini import mixture
from harness.analyse import readouts
from harness.analyse.readout_table import read
from harness.analyse.readouts import readable
from harness.cli import probing
from harness.cli.measured import pinned
from harness.config.compose import compose
from harness.data.cells import NOTHING, read_cells, token_ids
from harness.data.sources import read as read_source
from harness.errors import UsageError
from harness.record.durable import sha256_of
from harness.run.lattice_readouts import stage_of_cells
from harness.run.probe_task import gathered, parted, probe
from harness.run.request import READ_OUT, Finished, ProbeRequest
from harness.train import readout
from harness.train.dense import fused_once, summed
from harness.train.readout import Readout

FITTED, HELD = 20, 10
PAIR = "clip+pix2struct"


def contents(miniature):
    return read_source(miniature.recipe.stages[0].sources[0], miniature.data, read_cells)


def request(miniature, **changes) -> ProbeRequest:
    fields = {
        "training": miniature.training(PAIR),
        "accelerator": "cpu",
        "source": miniature.recipe.stages[0].sources[0],
        "data": str(miniature.data),
        "fitted": FITTED,
        "held": HELD,
    }
    return ProbeRequest(**{**fields, **changes})


def test_the_ridge_is_that_of_the_probes_of_single_encoders():
    assert (readouts.RIDGE, readouts.STILL) == (readout.RIDGE, readout.STILL)


def test_pictures_that_are_held_out_are_never_fitted_to_and_both_follow_from_the_seed(miniature):
    pictures = contents(miniature)
    fitted, held = parted(pictures, FITTED, HELD, seed=0)
    assert (len(fitted), len(held)) == (FITTED, HELD)
    assert not {one.id for one in fitted} & {one.id for one in held}
    assert parted(pictures, FITTED, HELD, seed=0) == (fitted, held)
    assert parted(pictures, FITTED, HELD, seed=1) != (fitted, held)


def test_more_pictures_than_there_are_is_wrong_use(miniature):
    with pytest.raises(UsageError, match=r"the source has 40\. At most: --pictures 26"):
        probe(request(miniature, fitted=27, held=14), print, miniature.root)


def test_a_recipe_without_a_stage_of_cells_is_wrong_use():
    with pytest.raises(UsageError, match="recipe=tiny"):
        stage_of_cells(compose(["recipe=eagle_x5_7b"]))
    assert stage_of_cells(compose()).objective == "cells"


def test_a_subset_reads_out_what_a_readout_of_its_own_fused_tokens_does(miniature):
    """The same by the rows themselves: each subset's own tower, encoded anew, and the map of single probes."""
    told: list = []
    probe(request(miniature), told.append, miniature.root)
    (finished,) = [event for event in told if isinstance(event, Finished)]
    sides = parted(contents(miniature), FITTED, HELD, seed=0)
    for subset in ("clip", "pix2struct", PAIR):
        model = miniature.model(subset)
        rows = [_rows(model, miniature, side) for side in sides]
        (z, y), (other, truth) = rows
        error = (Readout.fit(z, y)(other) - truth).square().sum()
        expected = 1 - error / (truth - truth.mean(0)).square().sum()
        assert finished.metrics[f"{READ_OUT}{subset}"] == pytest.approx(float(expected), rel=1e-5, abs=1e-5)
        assert (finished.metrics["cells"], finished.metrics["held_out_cells"]) == (len(z), len(other))
    assert len([name for name in finished.metrics if name.startswith(READ_OUT)]) == 3


def _rows(model, miniature, side):
    fused = fused_once(model.tower, [one.picture for one in side], miniature.recipe.canvas).double()
    words = token_ids([one.cells for one in side], miniature.speech())
    filled = words[..., 0] != NOTHING
    with torch.no_grad():
        wanted = summed(model.language.get_input_embeddings(), words).double()
    return fused[filled], wanted[filled]


def test_gathering_picture_by_picture_or_all_at_once_is_the_same(miniature):
    model, recipe = miniature.model(PAIR), miniature.recipe
    channels = {name: miniature.encoders[name].channels for name in PAIR.split("+")}
    fitted, held = parted(contents(miniature), FITTED, HELD, seed=0)
    whole, out = (gathered(model, side, recipe.canvas, miniature.speech()) for side in (fitted, held))
    one = gathered(model, fitted[:1], recipe.canvas, miniature.speech())
    for picture in fitted[1:]:
        one.merge(gathered(model, [picture], recipe.canvas, miniature.speech()))
    assert one.rows == whole.rows
    assert readable(one, out, channels) == pytest.approx(readable(whole, out, channels), rel=1e-4, abs=1e-4)


@pytest.mark.slow
def test_what_probe_writes_is_what_the_analysis_reads(tmp_path, capsys):
    manifest = mixture.draw(tmp_path / "data", 5, count=FITTED + HELD)
    places = [
        word
        for stage in (0, 1)
        for word in (
            f"recipe.stages.{stage}.sources.0.location={tmp_path / 'data'}",
            f"recipe.stages.{stage}.sources.0.manifest='{manifest}'",
        )
    ]
    overrides = [f"store.folder='{tmp_path / 'store'}'", "store=folder", *places]
    out, recipe = tmp_path / "measured" / "readouts.csv", compose(overrides).recipe
    assert probing.probe(overrides, FITTED, out, as_json=True) == 0
    plain = json.loads(capsys.readouterr().out.splitlines()[-1])
    record = json.loads(out.with_suffix(".json").read_text())
    assert plain["written"] == [str(out), str(out.with_suffix(".json"))]
    assert (record["pictures"], record["held_out_pictures"]) == (FITTED, HELD)
    assert record["command"] == " ".join(["harness probe --pictures", str(FITTED), *places])
    assert (record["sha256"], record["source"]["manifest"]) == (sha256_of(out), manifest)
    found = read(out, recipe.pool, pinned(recipe, recipe.pool))
    assert not found.problems
    assert {name: it["value"] for name, it in found.plain().items()} == plain["readout"]
    assert np.isfinite(found.of_subsets()[1:]).all()
