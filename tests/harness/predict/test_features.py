"""Each picture is encoded once, and every question about it sees the same embeddings."""

import pytest
import torch

from benchmarks.card import Picture
from harness.predict.features import Features, encode, project
from harness.schema.subset import EMPTY, Subset


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


@pytest.mark.parametrize("operator", ["mean", "noise"])
def test_operators_share_the_features_and_give_a_picture_one_view_in_any_batch(miniature, tower, asked, operator):
    features, kept = encoded(tower, miniature, asked), Subset.parse("clip", miniature.recipe.pool)
    counters = [Counted(encoder) for encoder in tower.encoders.values()]
    whole, parted = (project(tower, features, kept, batch, operator) for batch in (34, 7))
    zeros = project(tower, features, kept, 34)
    assert [counter.pictures for counter in counters] == [0, 0]
    for digest, visual in whole.items():
        torch.testing.assert_close(visual, parted[digest], rtol=0, atol=1e-4)
        assert not torch.equal(visual, zeros[digest])


def test_what_is_kept_is_seen_under_every_operator_and_what_is_masked_under_none(miniature, tower, asked):
    """Change one encoder's tokens but not their moments: the view that masks it stays, the other does not."""
    features = encoded(tower, miniature, asked)
    turned = {**features.tokens, "pix2struct": features.tokens["pix2struct"].flip(1)}
    other = Features(turned, features.rows)
    for operator in (None, "mean", "noise"):
        for kept, same in (("clip", True), ("pix2struct", False)):
            subset = Subset.parse(kept, miniature.recipe.pool)
            one, two = (project(tower, seen, subset, 34, operator) for seen in (features, other))
            alike = [torch.allclose(visual, two[digest], rtol=0, atol=1e-4) for digest, visual in one.items()]
            assert all(alike) if same else not any(alike)


def test_the_floor_shows_every_picture_alike_and_noise_does_not(miniature, tower, asked):
    features = encoded(tower, miniature, asked)
    for operator, views in ((None, 1), ("mean", 1), ("noise", 34)):
        shown = project(tower, features, EMPTY, 34, operator)
        assert len({tuple(visual.flatten().tolist()) for visual in shown.values()}) == views


def test_a_blind_model_is_shown_nothing(miniature, tower, asked):
    assert project(tower, encoded(tower, miniature, asked), EMPTY, 34, "blind") == {}
