"""Readouts of subsets: planted Gaussians whose R^2 is known, twins, complements, and a plain solve beside them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analyse.readouts import RIDGE, Moments, readable
from harness.errors import InvalidEvidence


def moments(features: np.ndarray, targets: np.ndarray, *cuts: int) -> Moments:
    """Gather rows in blocks that end at the cuts."""
    found = Moments(features.shape[1], targets.shape[1])
    for z, y in zip(np.split(features, cuts), np.split(targets, cuts), strict=True):
        found.add(z, y)
    return found


def drawn(seed: int, rows: int = 60, channels: int = 7, targets: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw features that hang together and targets that hang on them."""
    noise = np.random.default_rng(seed)
    z = noise.normal(size=(rows, channels)) @ noise.normal(size=(channels, channels)) + noise.normal(size=channels)
    return z, z @ noise.normal(size=(channels, targets)) + 3 * noise.normal(size=(rows, targets)) + 5


def white(rows: int, channels: int, seed: int = 0) -> np.ndarray:
    """Draw columns whose means are 0, and whose covariance is the unit matrix, in the sample itself."""
    z = np.random.default_rng(seed).normal(size=(rows, channels))
    return np.linalg.qr(z - z.mean(axis=0))[0] * rows**0.5


def plainly(fit, held, own: list[int], ridge: float) -> float:
    """Do the same as the formula says it, with the rows themselves: least squares of rows that the ridge adds."""
    (z, y), (other, truth) = fit, held
    mean, deviation = z[:, own].mean(axis=0), z[:, own].std(axis=0, ddof=1)
    standard = (z[:, own] - mean) / deviation
    rows = np.vstack([standard, (ridge * len(z)) ** 0.5 * np.eye(len(own))])
    wanted = np.vstack([y - y.mean(axis=0), np.zeros((len(own), y.shape[1]))])
    weights = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    said = (other[:, own] - mean) / deviation @ weights + y.mean(axis=0)
    return 1 - ((truth - said) ** 2).sum() / ((truth - truth.mean(axis=0)) ** 2).sum()


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, RIDGE, 0.5]))
@settings(max_examples=20, deadline=None)
def test_every_subset_has_what_a_plain_solve_of_its_own_rows_gives(seed, ridge):
    fit, held = drawn(seed), drawn(seed + 1, rows=40)
    channels = {"clip": 3, "sam": 1, "eva": 3}
    columns = {"clip": [0, 1, 2], "sam": [3], "eva": [4, 5, 6]}
    found = readable(moments(*fit), moments(*held), channels, ridge)
    subsets = [names for size in (1, 2, 3) for names in combinations(channels, size)]
    assert list(found) == ["+".join(names) for names in subsets]
    for names in subsets:
        own = [column for name in names for column in columns[name]]
        assert found["+".join(names)] == pytest.approx(plainly(fit, held, own, ridge), rel=1e-7, abs=1e-7)


@given(st.floats(0, 3), st.floats(0, 3), st.floats(0.1, 3))
@settings(deadline=None)
def test_a_planted_gaussian_reads_out_its_share_of_the_variance(one, two, noise):
    """y = a z1 + b z2 + c e of unit variances: a^2 / (a^2 + b^2 + c^2) alone, both shares together."""
    z = white(50, 3)
    y = one * z[:, :1] + two * z[:, 1:2] + noise * z[:, 2:]
    both = moments(z[:, :2], y)
    found = readable(both, both, {"clip": 1, "sam": 1}, ridge=0.0)
    whole = one**2 + two**2 + noise**2
    assert found["clip"] == pytest.approx(one**2 / whole, abs=1e-12)
    assert found["sam"] == pytest.approx(two**2 / whole, abs=1e-12)
    assert found["clip+sam"] == pytest.approx((one**2 + two**2) / whole, abs=1e-12)


def test_the_ridge_shrinks_the_map_by_what_the_formula_says():
    """Of one white feature the map is w = (m-1) / (m-1 + l m), and y = z is read out as 1 - (1 - w)^2."""
    z = white(50, 1)
    both = moments(z, z)
    shrunk = 49 / (49 + RIDGE * 50)
    assert readable(both, both, {"clip": 1})["clip"] == pytest.approx(1 - (1 - shrunk) ** 2, abs=1e-12)


def test_complements_add_whatever_the_ridge():
    z = white(80, 6)
    targets = z @ np.random.default_rng(3).normal(size=(6, 2))
    both = moments(z[:, :4], targets)
    found = readable(both, both, {"clip": 2, "sam": 2}, ridge=0.3)
    assert found["clip+sam"] == pytest.approx(found["clip"] + found["sam"], abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_twins_read_out_what_one_does_under_half_the_ridge(seed):
    """Equal features share the weight, so that the sum of its squares is halved."""
    (z, y), (other, truth) = drawn(seed), drawn(seed + 1)
    twins = moments(np.hstack([z, z]), y), moments(np.hstack([other, other]), truth)
    found = readable(*twins, {"clip": 7, "twin": 7}, ridge=0.2)
    alone = readable(moments(z, y), moments(other, truth), {"clip": 7}, ridge=0.1)["clip"]
    assert found["clip+twin"] == pytest.approx(alone, rel=1e-9, abs=1e-9)
    assert found["clip"] == pytest.approx(found["twin"], rel=1e-12)


@given(st.lists(st.floats(1e-2, 1e2), min_size=3, max_size=3), st.floats(-100, 100))
@settings(deadline=None)
def test_the_unit_and_the_origin_of_a_channel_do_not_matter(units, origin):
    (z, y), (other, truth) = drawn(1), drawn(2)
    scale, shift = np.array([*units, 1, 1, 1, 1]), np.array([origin] * 3 + [0] * 4)
    channels = {"clip": 3, "sam": 4}
    before = readable(moments(z, y), moments(other, truth), channels)
    after = readable(moments(z * scale + shift, y), moments(other * scale + shift, truth), channels)
    assert after == pytest.approx(before, rel=1e-7, abs=1e-7)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 60), max_size=5), st.randoms())
@settings(max_examples=20, deadline=None)
def test_order_and_size_of_blocks_do_not_matter(seed, cuts, random):
    (z, y), held = drawn(seed), moments(*drawn(seed + 1))
    order = list(range(len(z)))
    random.shuffle(order)
    channels = {"clip": 5, "sam": 2}
    whole = readable(moments(z, y), held, channels)
    assert readable(moments(z[order], y[order], *sorted(cuts)), held, channels) == pytest.approx(whole, rel=1e-7)


def test_merged_moments_are_those_of_all_rows():
    z, y = drawn(4)
    one, two, none = moments(z[:20], y[:20]), moments(z[20:], y[20:]), Moments(7, 3)
    none.merge(Moments(7, 3))
    none.merge(one)
    none.merge(two)
    whole = moments(z, y)
    assert none.rows == whole.rows
    for name in ("mean", "target_mean", "scatter", "cross", "total"):
        assert getattr(none, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-9)


def test_a_large_mean_costs_no_digits():
    (z, y), held = drawn(5), drawn(6)
    far = moments(z + 1e6, y + 1e6, 10, 35), moments(held[0] + 1e6, held[1] + 1e6, 7)
    near = readable(moments(z, y), moments(*held), {"clip": 7})
    assert readable(*far, {"clip": 7})["clip"] == pytest.approx(near["clip"], abs=1e-6)


def test_a_channel_that_never_varies_adds_nothing():
    (z, y), (other, truth) = drawn(7), drawn(8)
    still = moments(np.hstack([z, np.ones((60, 1))]), y), moments(np.hstack([other, np.ones((60, 1))]), truth)
    found = readable(*still, {"clip": 7, "dead": 1})
    assert found["clip+dead"] == pytest.approx(found["clip"], abs=1e-12)


def test_what_cannot_be_fitted_is_refused():
    z, y = drawn(0)
    fine = moments(z, y)
    for block in ((z[:, :6], y), (z, y[:, :2]), (z[:5], y)):
        with pytest.raises(InvalidEvidence, match="expected as many rows of each"):
            Moments(7, 3).add(*block)
    holed = y.copy()
    holed[4, 1] = np.nan
    with pytest.raises(InvalidEvidence, match="target of row 64, channel 1 is nan"):
        fine.add(z, holed)
    with pytest.raises(InvalidEvidence, match="cannot join"):
        fine.merge(Moments(6, 3))
    with pytest.raises(InvalidEvidence, match="for encoders of 6"):
        readable(fine, fine, {"clip": 6})
    with pytest.raises(InvalidEvidence, match="came 60 and 1"):
        readable(fine, moments(z[:1], y[:1]), {"clip": 7})
    with pytest.raises(InvalidEvidence, match="all equal"):
        readable(fine, moments(z, np.ones_like(y)), {"clip": 7})
