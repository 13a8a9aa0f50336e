"""Ranks before and after a training: ratios, words, and what does not compare."""

import numpy as np
import pytest

from harness.analyse.effective_rank import VARIANTS, Rank, blocks_of, stream
from harness.analyse.rank_change import Change, change, changes
from harness.errors import InvalidEvidence


def gathered(features):
    return stream(blocks_of(features), features.shape[1])


def test_the_same_features_survive_in_every_variant_and_at_every_scale():
    features = np.random.default_rng(0).normal(size=(40, 5))
    for one in changes(gathered(features), gathered(7 * features)):
        assert (one.ratio, one.word) == (pytest.approx(1.0), "survives")


def test_a_direction_more_expands_and_one_less_shrinks():
    two, four = np.eye(6)[:, :4] * [1, 1, 0, 0], np.eye(6)[:, :4]
    there, back = changes(gathered(two), gathered(four)), changes(gathered(four), gathered(two))
    assert [one.variant for one in there] == list(VARIANTS)
    assert [one.ratio for one in there] == pytest.approx([2.0] * len(VARIANTS))
    assert {one.word for one in there} == {"expands"}
    assert {one.word for one in back} == {"shrinks"}


@pytest.mark.parametrize(
    ("ratio", "word"), [(1.04, "survives"), (1.06, "expands"), (0.96, "survives"), (0.94, "shrinks")]
)
def test_a_twentieth_either_way_survives(ratio, word):
    assert Change("roy_vetterli", ratio).word == word


def test_other_variants_other_images_and_other_widths_do_not_compare():
    with pytest.raises(InvalidEvidence, match="does not compare"):
        change(Rank("roy_vetterli", True, 3.0, 0.3), Rank("stable_rank", True, 3.0, 0.3))
    with pytest.raises(InvalidEvidence, match="other caps"):
        changes(gathered(np.eye(3)), gathered(np.eye(4)))
