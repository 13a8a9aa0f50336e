"""Ranks of trainings carry the noise between trainings, and a statement about them needs it."""

import numpy as np
import pytest
from scipy import stats

from harness.analyse.lattice import build
from harness.analyse.ranks import Ranks
from harness.analyse.summary import summarise
from tests.harness.analyse.planted import cells, lattice_of

THREE = ("clip", "sam", "dino")
PAIR, SOLO = 0b011, 0b001


def ranks(values: dict[tuple[str, int], tuple[float, ...]]) -> Ranks:
    return Ranks(THREE, "roy_vetterli, centred: no", values, dict.fromkeys(THREE, 64.0))


def grown(clip: float, sam: float, noise: float) -> Ranks:
    """Train clip and sam together, which changes their ranks by these factors; the full set has three seeds."""
    spread = (1 / (1 + noise), 1.0, 1 + noise)
    values = {(name, 1 << place): (20.0,) for place, name in enumerate(THREE)}
    values |= {(name, 0b111): tuple(20.0 * one for one in spread) for name in THREE}
    return ranks(values | {("clip", PAIR): (20.0 * clip,), ("sam", PAIR): (20.0 * sam,)})


def asked(of: Ranks, error: float = 0.05):
    """Ask of a lattice whose best pair is clip+sam."""
    scores = lattice_of(lambda held: 20 + 10.0 * (0 in held) + 8.0 * (1 in held) + 1.0 * (2 in held), 3)
    found = summarise(build(cells(scores, error=error)), replicates=200, ranks=of)
    (one,) = (it for it in found["statements"] if "survives joint training" in it["statement"])
    return one


def test_the_noise_is_pooled_over_all_trainings_that_were_repeated():
    found = ranks({("clip", SOLO): (10.0, 12.0), ("sam", 0b111): (5.0, 5.5, 6.0), ("dino", 0b100): (7.0,)})
    squares = sum(((logs - logs.mean()) ** 2).sum() for logs in (np.log([10.0, 12.0]), np.log([5.0, 5.5, 6.0])))
    deviation, freedom = found.noise()
    assert (deviation, freedom) == (pytest.approx((squares / 3) ** 0.5), 3)
    once = found.rank("dino", 0b100)
    assert once.high == pytest.approx(7.0 * np.exp(stats.t.ppf(0.975, 3) * deviation))


def test_before_training_there_is_no_noise():
    found = ranks({("clip", 0): (10.0,), ("clip", SOLO): (10.0, 12.0)})
    assert found.rank("clip", 0).low is None
    both, alone = found.ratio("clip", SOLO, 0), found.rank("clip", SOLO)
    assert both.high / both.value == pytest.approx(alone.high / alone.value)


def test_a_ratio_turned_round_is_its_inverse():
    found = grown(1.3, 0.9, 0.02)
    one, other = found.ratio("clip", PAIR, SOLO), found.ratio("clip", SOLO, PAIR)
    assert one.value * other.value == pytest.approx(1)
    assert one.low * other.high == pytest.approx(1)


def test_of_a_pair_both_members_are_told_where_both_are_known():
    plain = grown(1.0, 1.5, 0.001).plain()["pair_rank_change"]
    assert {pair: [it["word"] for it in members.values()] for pair, members in plain.items()} == {
        "clip+sam": ["survives", "expands"]
    }


@pytest.mark.parametrize(
    ("clip", "sam", "noise", "verdict"),
    [
        (1.0, 1.5, 0.002, "holds"),
        (1.5, 1.0, 0.002, "holds"),
        (1.5, 1.5, 0.002, "does not hold"),
        (1.0, 1.0, 0.002, "does not hold"),
        (1.0, 1.5, 0.3, "undecided"),
    ],
)
def test_an_anchor_that_survives_and_a_complement_that_expands(clip, sam, noise, verdict):
    assert asked(grown(clip, sam, noise))["verdict"] == verdict


def test_a_pair_that_is_best_by_luck_decides_nothing():
    assert asked(grown(1.0, 1.5, 0.002), error=20.0)["verdict"] == "undecided"


def test_without_the_noise_of_trainings_nothing_is_decided():
    alone = ranks({("clip", SOLO): (20.0,), ("sam", 0b010): (20.0,), ("clip", PAIR): (20.0,), ("sam", PAIR): (30.0,)})
    assert asked(alone)["verdict"] == "undecided"


def test_without_ranks_of_the_pair_it_cannot_be_asked():
    assert asked(ranks({("clip", SOLO): (20.0,)}))["verdict"] == "cannot be asked"
