"""Effective rank: closed forms, one pass equals one batch, and what must not change it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from harness.analyse.effective_rank import VARIANTS, Stream, blocks_of, effective_rank, stream
from harness.errors import InvalidEvidence

FEATURES = st.tuples(st.integers(2, 24), st.integers(1, 8)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-50, 50).map(float))
)


def orthonormal(tokens, width, seed=0):
    """Give columns that are orthonormal and orthogonal to the constant one, so that centring changes nothing."""
    drawn = np.random.default_rng(seed).normal(size=(tokens, width + 1))
    drawn[:, 0] = 1
    return np.linalg.qr(drawn)[0][:, 1:]


def gathered(features, size=7):
    return stream(blocks_of(features, size), features.shape[1])


@pytest.mark.parametrize("centred", [True, False])
def test_equal_directions_have_the_rank_that_they_count(centred):
    found = gathered(orthonormal(50, 6) * 3.0)
    for variant in VARIANTS:
        rank = found.rank(variant, centred)
        assert (rank.value, rank.share) == (pytest.approx(6.0), pytest.approx(1.0))


@pytest.mark.parametrize("centred", [True, False])
def test_two_directions_of_four_to_one_are_solved_by_hand(centred):
    found = gathered(orthonormal(40, 2) * [4.0, 1.0])
    by_hand = {
        "roy_vetterli": 5 / 4**0.8,
        "covariance_entropy": 17 / 16 ** (16 / 17),
        "participation_ratio": 17**2 / 257,
        "stable_rank": 17 / 16,
    }
    for variant, value in by_hand.items():
        assert found.rank(variant, centred).value == pytest.approx(value)


def test_a_linear_gaussian_encoder_has_the_rank_of_its_covariance():
    # x = W z with z standard normal and W = Q diag(s): the covariance W W^T has the eigenvalues s^2.
    spectrum = np.array([3.0, 2.0, 1.0, 0.5])
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    latent = np.random.default_rng(2).normal(size=(40_000, 4))
    found = gathered(latent * spectrum @ turn.T + 5.0, 5000)
    for variant in VARIANTS:
        assert found.rank(variant, centred=True).value == pytest.approx(effective_rank(spectrum, variant), rel=0.02)


@given(FEATURES, st.integers(1, 9))
def test_a_stream_gives_what_a_batch_gives(features, size):
    found = gathered(features, size)
    assert found.scatter == pytest.approx(np.atleast_2d(np.cov(features.T, bias=True)) * len(features), abs=1e-7)
    assert found.mean == pytest.approx(features.mean(axis=0), abs=1e-9)
    singular = np.linalg.svd(features, compute_uv=False)
    mine = found.singular_values(centred=False)[: len(singular)]
    assert mine == pytest.approx(singular, abs=1e-5 * max(1.0, float(singular.max(initial=0))))


@given(FEATURES, st.integers(0, 24))
def test_two_streams_merge_into_one(features, cut):
    one, two = gathered(features[:cut]), gathered(features[cut:])
    one.merge(two)
    whole = gathered(features)
    assert one.tokens == whole.tokens
    assert one.scatter == pytest.approx(whole.scatter, abs=1e-7)


@settings(max_examples=25)
@given(FEATURES, st.floats(0.01, 100), st.randoms(use_true_random=False))
def test_scale_order_and_rotation_change_nothing(features, scale, random):
    if not features.any():
        return
    order = list(range(len(features)))
    random.shuffle(order)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(features.shape[1],) * 2))[0]
    for variant in VARIANTS:
        value = gathered(features).rank(variant).value
        assert gathered(scale * features[order] @ turn).rank(variant).value == pytest.approx(value, rel=1e-3)


@given(FEATURES)
def test_every_variant_lies_between_one_and_the_cap(features):
    if not features.any():
        return
    for variant in VARIANTS:
        rank = gathered(features).rank(variant)
        assert 1 - 1e-9 <= rank.value <= min(features.shape) + 1e-9
        assert rank.share == rank.value / min(features.shape)


@given(FEATURES.filter(lambda features: bool(features.any())))
def test_the_variants_stand_in_a_fixed_order(features):
    found = gathered(features)
    # Renyi entropies of one spectrum fall with their order, and a square's entropy is below that of its root.
    values = [found.rank(variant).value for variant in VARIANTS]
    assert all(one >= other - 1e-6 for one, other in pairwise(values))


def test_a_large_mean_does_not_drown_the_spectrum():
    features = orthonormal(200, 3) * [4.0, 2.0, 1.0] + 1e6
    exact = effective_rank(np.array([4.0, 2.0, 1.0]))
    assert gathered(features).rank(centred=True).value == pytest.approx(exact, rel=1e-6)
    assert gathered(features).rank(centred=False).value == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("features", "centred", "said"), [(np.ones((5, 3)), True, "equal"), (np.zeros((5, 3)), False, "zero")]
)
def test_features_without_a_spectrum_have_no_rank(features, centred, said):
    with pytest.raises(InvalidEvidence, match=f"all tokens are {said}"):
        gathered(features).rank(centred=centred)


def test_a_value_that_is_no_number_is_named_with_its_place():
    features = np.ones((10, 3))
    features[8, 2] = np.nan
    with pytest.raises(InvalidEvidence, match="token 8, channel 2 is nan"):
        gathered(features)


def test_features_of_another_width_are_refused():
    with pytest.raises(InvalidEvidence, match="expected tokens x 4"):
        Stream(4).add(np.ones((2, 3)))
