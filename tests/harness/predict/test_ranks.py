"""Ranks are those of all features together, however they come, and do not move where nothing was trained."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from harness.analyse.effective_rank import VARIANTS, effective_rank
from harness.model.checkpoint import load_tower
from harness.predict.ranks import figures, streamed
from harness.run import rank_task
from harness.run.request import Finished, Progress, RankRequest
from tests.benchmarks.small_mirror import CHARTQA, FILE, listed, rows_of

PICTURES = 6


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_a_stream_of_batches_has_the_ranks_of_all_features_at_once(checkpoint, asked, miniature, batch):
    tower, pictures = load_tower(checkpoint), [picture for sample in asked[:12] for picture in sample.pictures]
    found = figures(streamed(tower.encode, miniature.recipe.canvas, pictures, batch))
    whole = {}

    def kept(canvas):
        whole.update(tower.encode(canvas))
        return whole

    streamed(kept, miniature.recipe.canvas, pictures, len(pictures))
    for name, tokens in whole.items():
        rows = tokens.flatten(0, 1).double().numpy()
        assert found[f"{name}/tokens"] == len(rows) == 64 * len({picture.digest for picture in pictures})
        for word, values in (("uncentred", rows), ("centred", rows - rows.mean(axis=0))):
            singular = np.linalg.svd(values, compute_uv=False)
            for variant in VARIANTS:
                assert found[f"{name}/{variant}/{word}"] == pytest.approx(effective_rank(singular, variant), rel=1e-3)


def test_a_picture_shown_twice_counts_once(checkpoint, asked, miniature):
    tower, picture = load_tower(checkpoint), asked[0].pictures[0]
    one = figures(streamed(tower.encode, miniature.recipe.canvas, [picture], 2))
    assert figures(streamed(tower.encode, miniature.recipe.canvas, [picture] * 5, 2)) == one


def test_an_encoder_that_says_one_thing_has_no_centred_rank_and_no_made_up_one(asked, miniature):
    said = torch.ones(1, 4, 3)
    pictures = [picture for sample in asked[:3] for picture in sample.pictures]
    found = figures(
        streamed(lambda canvas: {"mute": said.expand(len(canvas), 4, 3)}, miniature.recipe.canvas, pictures, 2)
    )
    assert found["mute/roy_vetterli/uncentred"] == pytest.approx(1.0)
    assert not [name for name in found if name.endswith("/centred")]


def test_what_was_not_trained_keeps_its_ranks(checkpoint, miniature, tmp_path, monkeypatch):
    """The checkpoint holds the pre-trained encoders as they were, so before and after are the same numbers."""
    monkeypatch.setattr(rank_task, "ROOT", miniature.root)
    (tmp_path / FILE).parent.mkdir(parents=True)
    rows = rows_of(2 * PICTURES)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / FILE)
    listed(tmp_path, FILE, len(rows), list(CHARTQA.columns["default"]))
    request = RankRequest(
        accelerator="cpu",
        encoders=miniature.training().encoders,
        seed=0,
        checkpoints=(str(checkpoint),),
        canvas=miniature.recipe.canvas,
        mirror=str(tmp_path),
        benchmarks=("chartqa",),
        pictures=PICTURES,
    )
    told = []
    rank_task.take(request, told.append)
    before, after = (event.metrics for event in told if isinstance(event, Finished))
    assert before == after
    assert before["clip/tokens"] == 64 * PICTURES
    assert [event.done for event in told if isinstance(event, Progress)] == [PICTURES] * 2
