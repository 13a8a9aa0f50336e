"""The pair finder on planted lattices: it finds complements, and its regret is reckoned by hand."""

from itertools import combinations

import numpy as np
import pytest

from harness.analyse.pairs import find_pairs
from harness.analyse.traits import Traits, read
from harness.errors import InvalidEvidence, UnknownName

# On two benchmarks: 0 and 1 are good at the first, 2 is alone good at the second; a pair has its better member's score.
SINGLES = np.array([[60.0, 58.0, 30.0], [20.0, 22.0, 35.0]])
PAIRS = list(combinations(range(3), 2))
TRUTH = np.array([[np.maximum(SINGLES[:, i], SINGLES[:, j]).mean() for i, j in PAIRS]])


def test_complements_are_found_where_the_two_best_singles_are_twins():
    found = find_pairs(SINGLES[None], TRUTH, {})
    assert found["better_of_two"].first == (0, 2)
    assert found["better_of_two"].regret.value == 0
    assert found["better_of_two"].tau.value == 1
    assert found["two_best_singles"].first == (0, 1)
    assert found["two_best_singles"].regret.value == pytest.approx(47.5 - 41.0)


def test_chance_regrets_the_mean_distance_from_the_best():
    assert find_pairs(SINGLES[None], TRUTH, {})["random"].regret.value == pytest.approx(47.5 - (41 + 47.5 + 46.5) / 3)


def test_ranks_and_probes_are_finders_of_their_own_and_join_the_whole():
    found = find_pairs(SINGLES[None], TRUTH, {"rank": np.array([1.0, 5.0, 9.0])})
    assert found["rank"].first == (1, 2)
    assert found["rank"].regret.value == pytest.approx(1.0)
    assert found["all_together"].regret.value <= 1.0


def test_readouts_of_pairs_are_no_sums_and_join_the_whole():
    """Twins read out most alone, and nothing more together; the pair that reads out most comes first."""
    found = find_pairs(SINGLES[None], TRUTH, {}, readouts=np.array([0.5, 0.9, 0.6]))
    assert found["readout"].first == (0, 2)
    assert (found["readout"].regret.value, found["readout"].tau.value) == (0.0, 1.0)
    turned = find_pairs(SINGLES[None], TRUTH, {}, readouts=np.array([0.9, 0.1, 0.2]))
    assert turned["readout"].first == (0, 1)
    assert turned["all_together"].tau.value != found["all_together"].tau.value


def test_a_missing_single_or_pair_leaves_nothing_to_judge():
    assert find_pairs(SINGLES[None] * np.nan, TRUTH, {}) == {}
    assert find_pairs(SINGLES[None], TRUTH * np.nan, {}) == {}


def test_no_finder_regrets_less_than_nothing():
    generator = np.random.default_rng(0)
    for _ in range(30):
        singles, truth = generator.normal(50, 5, (1, 3, 5)), generator.normal(55, 5, (1, 10))
        for finder in find_pairs(singles, truth, {"rank": generator.normal(size=5)}).values():
            assert finder.regret.value is not None
            assert finder.regret.value >= 0


def test_a_trait_of_a_subset_is_the_sum_over_its_members():
    traits = Traits({"parameters": np.array([1.0, 2.0, 4.0])})
    assert traits.of_subsets("parameters").tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert np.isnan(traits.log_parameters()[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("encoder,rank\nclip,1\n", "lacks sam"),
        ("encoder,rank\nclip,1\nclip,2\n", "stands twice"),
        ("encoder,rank\nclip,x\nsam,1\n", "no finite number"),
        ("name,rank\nclip,1\n", "needs a column 'encoder'"),
    ],
)
def test_a_broken_table_of_encoders_is_refused(tmp_path, text, said):
    (tmp_path / "e.csv").write_text(text)
    with pytest.raises(InvalidEvidence, match=said):
        read(tmp_path / "e.csv", ("clip", "sam"))


def test_an_unknown_encoder_is_named_with_the_nearest(tmp_path):
    (tmp_path / "e.csv").write_text("encoder,rank\nclips,1\n")
    with pytest.raises(UnknownName, match="Did you mean 'clip'"):
        read(tmp_path / "e.csv", ("clip", "sam"))
