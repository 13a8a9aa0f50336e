"""Ranks before and after training: what comes in is checked, and a word is kept back where seeds disagree."""

import numpy as np
import pytest

from harness.analyse.lattice import build
from harness.analyse.rank_table import read
from harness.analyse.summary import summarise
from harness.analyse.traits import of_numbers
from harness.errors import InvalidEvidence, UnknownName
from tests.harness.analyse.planted import POOL, WORTH, additive, cells

HEADER = "encoder,trained,rank,seed,cap\n"


def written(tmp_path, *rows, header=HEADER):
    path = tmp_path / "ranks.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    return path


def test_ratios_are_of_ranks_and_carry_the_papers_words(tmp_path):
    path = written(
        tmp_path, "clip,none,10,,64", "clip,clip,10.1,0,64", "clip,all,10.2,0,64",
        "sam,none,8,,32", "sam,sam,8,0,32", "sam,all,12,0,32",
    )  # fmt: skip
    plain = read(path, ("clip", "sam")).plain()
    assert plain["effective_rank"]["clip"]["before"] == {
        "value": pytest.approx(10.0), "low": None, "high": None, "share_of_cap": pytest.approx(10 / 64),
    }  # fmt: skip
    assert plain["rank_change"]["clip"]["joint_from_solo"]["word"] == "survives"
    assert plain["rank_change"]["sam"]["joint_from_solo"]["value"] == pytest.approx(1.5)
    assert plain["rank_change"]["sam"]["joint_from_solo"]["word"] == "expands"


def test_seeds_give_an_interval_and_take_back_a_word_they_do_not_agree_on(tmp_path):
    rows = [f"clip,{trained},{rank},{seed}," for trained, ranks in (("clip", (10, 11, 12)), ("all", (10, 12, 14)))
            for seed, rank in enumerate(ranks)]  # fmt: skip
    change = read(written(tmp_path, *rows), ("clip", "sam")).plain()["rank_change"]["clip"]["joint_from_solo"]
    assert change["low"] < 1 < change["high"]
    assert change["word"] == "undecided"
    assert change["value"] == pytest.approx((10 * 12 * 14) ** (1 / 3) / (10 * 11 * 12) ** (1 / 3))


def test_what_is_not_there_is_null_and_named(tmp_path):
    ranks = read(written(tmp_path, "clip,none,10,,"), POOL)
    assert ranks.plain()["rank_change"]["clip"]["solo_from_before"] == {
        "value": None, "low": None, "high": None, "word": None,
    }  # fmt: skip
    found = summarise(build(cells(additive())), replicates=100, ranks=ranks)
    assert found["unavailable"]["effective_rank"].startswith("the table of ranks lacks clip solo, clip joint")
    assert "needs parameters" in found["unavailable"]["residual"]


def test_ranks_of_every_subset_enter_the_residual_as_sums_over_members(tmp_path):
    rows = []
    for mask in range(1, 16):
        members = [name for place, name in enumerate(POOL) if mask >> place & 1]
        rows += [f"{name},{'+'.join(members)},{1 + WORTH[POOL.index(name)]},0," for name in members]
    ranks = read(written(tmp_path, *rows), POOL)
    sums = ranks.of_subsets()
    assert sums[0b0011] == pytest.approx(2 + WORTH[0] + WORTH[1])
    assert np.isnan(sums[0])
    traits = of_numbers({"parameters": [1e6, 2e6, 1.5e6, 3e6]})
    found = summarise(build(cells(additive(), error=0.1)), traits, replicates=100, ranks=ranks)
    assert found["residual"]["partial_r2"] > 0.9
    assert found["residual"]["p_value"] < 0.01
    assert {it["verdict"] for it in found["statements"] if "effective rank" in it["statement"]} == {"holds"}
    assert found["pair_finder"]["rank_solo"]["value"] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["clip,none,0.5,,"], "no effective rank"),
        (["clip,none,nan,,"], "no effective rank"),
        (["clip,none,70,,64"], "above its cap"),
        (["clip,none,10,,", "clip,none,11,,"], "stands twice"),
        (["clip,sam,10,,"], "clip is no member of sam"),
        (["clip,,10,,"], "no encoder ''"),
        ([], "at least one row"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path, rows, said):
    with pytest.raises((InvalidEvidence, UnknownName), match=said):
        read(written(tmp_path, *rows), POOL)


def test_two_variants_in_one_file_are_refused(tmp_path):
    path = written(
        tmp_path, "clip,none,10,roy_vetterli", "sam,none,9,stable_rank", header="encoder,trained,rank,variant\n"
    )
    with pytest.raises(InvalidEvidence, match="do not compare: roy_vetterli"):
        read(path, POOL)


def test_an_unknown_encoder_is_told_what_is_known(tmp_path):
    with pytest.raises(UnknownName, match="clip"):
        read(written(tmp_path, "clips,none,10,,"), POOL)
