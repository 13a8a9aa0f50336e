"""Each picture is encoded once, and every question about it sees the same embeddings."""

import pytest
import torch

from benchmarks.card import Picture
from harness.predict.features import encode, project
from harness.schema.subset import Subset


class Counted:
    """Count the pictures that go through an encoder."""

    def __init__(self, module):
        self.pictures = 0
        module.register_forward_hook(self)

    def __call__(self, module, inputs, output):
        self.pictures += len(output)


@pytest.fixture
def tower(miniature):
    return miniature.model().tower


def encoded(tower, miniature, samples, batch=16):
    return encode(tower, miniature.recipe.canvas, [sample.pictures[0] for sample in samples], batch)


def test_each_unique_picture_is_encoded_once_however_many_questions_show_it(miniature, tower, asked):
    counters = [Counted(encoder) for encoder in tower.encoders.values()]
    features = encoded(tower, miniature, asked)
    assert [counter.pictures for counter in counters] == [34, 34]
    assert features.encoded == 34
    assert set(features.rows) == {sample.pictures[0].digest for sample in asked}


def test_masks_share_the_features_and_encode_nothing(miniature, tower, asked):
    features = encoded(tower, miniature, asked)
    counters = [Counted(encoder) for encoder in tower.encoders.values()]
    views = [project(tower, features, Subset.parse(kept, miniature.recipe.pool), 16) for kept in ("clip", "pix2struct")]
    assert [counter.pictures for counter in counters] == [0, 0]
    assert not any(torch.equal(views[0][digest], views[1][digest]) for digest in features.rows)


def test_embeddings_do_not_depend_on_who_else_is_in_the_batch(miniature, tower, asked):
    """State the tolerance: float32 sums of one picture in a batch of 1 and of 34 differ by less than 1e-4."""
    kept = Subset.parse("clip+pix2struct", miniature.recipe.pool)
    alone, together = (project(tower, encoded(tower, miniature, asked, batch), kept, batch) for batch in (1, 34))
    for digest, visual in alone.items():
        assert visual.shape == (64, 64)
        torch.testing.assert_close(visual, together[digest], rtol=0, atol=1e-4)


def test_progress_counts_unique_pictures_up_to_all_of_them(miniature, tower, asked):
    told = []
    pictures = [sample.pictures[0] for sample in asked]
    encode(tower, miniature.recipe.canvas, pictures, 10, lambda *figures: told.append(figures))
    assert told == [(10, 34), (20, 34), (30, 34), (34, 34)]


def test_no_picture_is_no_work(miniature, tower):
    features = encode(tower, miniature.recipe.canvas, [], 16)
    assert features.encoded == 0
    assert project(tower, features, Subset.parse("clip", miniature.recipe.pool), 16) == {}


def test_two_pictures_of_equal_bytes_are_one(miniature, tower, asked):
    data = asked[0].pictures[0].read()
    features = encode(tower, miniature.recipe.canvas, [Picture.of(data), Picture.of(bytes(data))], 16)
    assert features.encoded == 1
