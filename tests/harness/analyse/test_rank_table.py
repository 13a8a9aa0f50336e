"""Ranks before and after training: what comes in is checked, and a word is kept back where seeds disagree."""

import numpy as np
import pytest

from harness.analyse.effective_rank import VARIANTS
from harness.analyse.lattice import build
from harness.analyse.rank_record import rows_of, to_csv
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


def test_of_several_variants_the_default_is_taken_and_the_others_stand_beside_it(tmp_path):
    header = "encoder,trained,rank,variant,centred\n"
    rows = ["clip,none,9,stable_rank,no", "clip,none,10,roy_vetterli,no", "clip,none,8,roy_vetterli,yes"]
    ranks = read(written(tmp_path, *rows, header=header), POOL)
    assert (ranks.variant, ranks.rank("clip", 0).value) == ("roy_vetterli, centred: no", pytest.approx(10))
    assert {name: one.rank("clip", 0).value for name, one in ranks.others.items()} == {
        "stable_rank, centred: no": pytest.approx(9),
        "roy_vetterli, centred: yes": pytest.approx(8),
    }


def test_two_variants_without_the_default_are_refused(tmp_path):
    rows = ("clip,none,10,participation_ratio", "sam,none,9,stable_rank")
    with pytest.raises(InvalidEvidence, match="do not compare: participation_ratio"):
        read(written(tmp_path, *rows, header="encoder,trained,rank,variant\n"), POOL)


def test_ranks_of_other_trainings_are_named_and_left_out(tmp_path):
    rows = ("clip,none,10,", "clip,clip,9,ours", "clip,clip,5,theirs")
    ranks = read(written(tmp_path, *rows, header="encoder,trained,rank,training\n"), POOL, {"ours"})
    assert ranks.rank("clip", 1).value == pytest.approx(9)
    assert "1 trainings" in ranks.problems[0]


def test_where_every_training_is_another_the_ranks_before_are_left_out_too(tmp_path):
    rows = ("clip,none,10,", "clip,clip,5,theirs")
    ranks = read(written(tmp_path, *rows, header="encoder,trained,rank,training\n"), POOL, {"ours"})
    assert ranks.values == {}
    assert ranks.problems


def test_what_is_written_down_is_read_back(tmp_path):
    """Every digit of every rank comes back, in every variant."""
    figures = {"clip/tokens": 640.0, "clip/channels": 96.0, "pictures": 10.0}
    figures |= {f"clip/{variant}/{word}": 3 + 1 / 7 for variant in VARIANTS for word in ("centred", "uncentred")}
    rows = [
        *rows_of(figures, "clip", "none", 0, "", "a" * 64),
        *rows_of(figures, "clip", "clip+sam", 1, "b" * 64, "c" * 64),
    ]
    (tmp_path / "ranks.csv").write_text(to_csv(rows))
    ranks = read(tmp_path / "ranks.csv", POOL, {"b" * 64})
    assert len(rows) == 16
    assert len(ranks.others) == 7
    for one in (ranks, *ranks.others.values()):
        assert one.values == {("clip", 0): (3 + 1 / 7,), ("clip", 0b0011): (3 + 1 / 7,)}
        assert one.caps == {"clip": 96}


def test_an_unknown_encoder_is_told_what_is_known(tmp_path):
    with pytest.raises(UnknownName, match="clip"):
        read(written(tmp_path, "clips,none,10,,"), POOL)
