"""`harness analyse` and `harness rank` as a shell sees them: anybody's table in, measures and reasons out."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.harness.analyse.planted import FLOOR, POOL, WORTH, additive, twins
from tests.house.sources import ROOT

BENCHMARKS = ("GQA", "ChartQA")


def harness(*words):
    return subprocess.run(
        [sys.executable, "-m", "harness", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


def named(mask):
    return "+".join(name for place, name in enumerate(POOL) if mask >> place & 1)


def long_rows(scores=None, seeds=(0,), masked=True):
    scores = additive() if scores is None else scores
    whole = len(scores) - 1
    for seed in seeds:
        for benchmark in BENCHMARKS:
            for mask in range(1, len(scores)):
                yield [named(mask), named(mask), benchmark, seed, scores[mask] + 0.01 * seed]
                if masked and mask != whole:
                    yield [named(whole), named(mask), benchmark, seed, scores[mask] + 0.01 * seed]


def written(path, rows, header=("trained", "kept", "benchmark", "seed", "score")):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def told(path, *words):
    done = harness("analyse", path, "--json", "--replicates", "200", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    return json.loads(done.stdout)


def test_a_complete_long_table_gives_every_measure_with_an_interval(tmp_path):
    found = told(written(tmp_path / "t.csv", long_rows(seeds=(0, 1, 2))))
    for place, name in enumerate(POOL):
        for key, value in (
            ("capacity", FLOOR + WORTH[place] + 0.01),
            ("necessity", WORTH[place]),
            ("shapley_value", None),
            ("conditional_utilization_rate", WORTH[place] / 40.01),
        ):
            one = found[key][name]
            assert one["low"] <= one["value"] <= one["high"]
            assert value is None or one["value"] == pytest.approx(value, abs=1e-6)
        assert set(found["capacity"][name]) == {"value", "low", "high", "general", "ocr_chart", "gqa", "chartqa"}
    assert found["information_gap"]["value"] == pytest.approx(9 / 40.01, abs=1e-6)
    assert sum(one["value"] for one in found["shapley_value"].values()) == pytest.approx(40.01)
    assert found["ranking_agreement"]["subsets"]["value"] == 1.0
    assert found["best_pair_against_full"]["pair"] == "clip+sam"
    assert found["two_highest_capacities"]["value"] == 0.0
    assert found["pair_finder"]["two_best_singles"]["value"] == 0.0
    assert list(found["unavailable"]) == ["readout", "effective_rank", "residual", "attention_divergence"]
    assert found["complete"] == {"retrained": True, "masked": True}


def test_a_wide_table_gives_what_the_long_one_gives(tmp_path):
    scores = additive()
    rows = [[named(mask), scores[mask], scores[mask]] for mask in range(1, 16)]
    wide = told(written(tmp_path / "w.csv", rows, ("trained", *BENCHMARKS)))
    long = told(written(tmp_path / "l.csv", long_rows(masked=False)))
    assert wide["necessity"] == long["necessity"]
    assert wide["intervals"].startswith("no intervals")
    assert wide["capacity"]["clip"]["low"] is None
    assert "conditional_utilization_rate" in wide["unavailable"]


def test_an_incomplete_lattice_says_what_it_cannot_give_and_why(tmp_path):
    rows = [row for row in long_rows(masked=False) if row[0] not in ("sam+dino+eva", "clip+eva")]
    found = told(written(tmp_path / "t.csv", rows))
    assert found["unavailable"]["shapley_value"] == (
        "2 of the 15 retrained subsets it needs are missing: clip+eva, sam+dino+eva"
    )
    assert "sam+dino+eva" in found["unavailable"]["necessity"]
    assert "capacity" not in found["unavailable"]
    assert found["necessity"]["clip"]["value"] is None
    assert found["necessity"]["sam"]["value"] == pytest.approx(6.0)
    assert found["complete"]["retrained"] is False


def test_bad_cells_are_named_and_never_dropped_silently(tmp_path):
    rows = list(long_rows())
    rows[0][4] = "nan"
    rows.append(list(rows[-1]))
    path = written(tmp_path / "t.csv", rows)
    found = told(path)
    problems = "\n".join(found["problems"])
    assert "no numbers (NaN)" in problems
    assert "clip on gqa, seed 0 (line 2)" in problems
    assert "duplicates" in problems
    assert "one seed only (0)" in problems
    assert found["capacity"]["clip"]["value"] is None
    shown = harness("analyse", path, "--replicates", "200")
    assert shown.returncode == 0
    assert "duplicates" in shown.stdout
    assert "Not to be had" in shown.stdout


def test_a_zero_full_score_and_a_constant_column_are_named(tmp_path):
    rows = [[named(mask), 0.0, 30.0, twins()[mask]] for mask in range(1, 8)]
    found = told(written(tmp_path / "t.csv", rows, ("trained", "GQA", "ChartQA", "own")))
    problems = "\n".join(found["problems"])
    assert "zero or below, so no rate of it is defined: gqa" in problems
    assert "rank nothing: gqa, chartqa" in problems
    assert found["relative_necessity"]["clip"]["gqa"]["value"] is None
    assert found["relative_necessity"]["clip"]["chartqa"]["value"] == 0.0


def test_a_table_of_marks_draws_the_questions_together(tmp_path):
    marks = np.random.default_rng(0).integers(0, 2, 100)
    subsets = ("clip", "sam", "clip+sam")
    rows = [[name, "gqa", f"q{at}", at // 2, mark] for name in subsets for at, mark in enumerate(marks)]
    found = told(written(tmp_path / "m.csv", rows, ("trained", "benchmark", "id", "cluster", "mark")))
    assert found["capacity"]["clip"]["value"] == pytest.approx(100 * marks.mean())
    assert found["capacity"]["clip"]["low"] < found["capacity"]["clip"]["value"] - 3
    # All three models answer alike, so nothing is lost without either, however the questions are drawn.
    assert found["necessity"]["clip"] == {**found["necessity"]["clip"], "value": 0.0, "low": 0.0, "high": 0.0}
    assert "drawn together" in found["intervals"]


def test_a_scale_of_two_thousand_is_brought_to_a_hundred_and_said(tmp_path):
    rows = [["clip", 1000, 50], ["sam", 1200, 60], ["clip+sam", 1400, 70]]
    found = told(written(tmp_path / "w.csv", rows, ("trained", "MME", "GQA")))
    assert found["capacity"]["clip"]["mme"]["value"] == 50.0
    assert any("mme is divided by 20" in problem for problem in found["problems"])


def test_encoders_with_parameters_and_ranks_give_the_residual(tmp_path):
    table = written(tmp_path / "t.csv", long_rows(masked=False))
    rows = [["clip", 300, 40], ["sam", 200, 30], ["dino", 400, 10], ["eva", 100, 5]]
    found = told(table, "--encoders", written(tmp_path / "e.csv", rows, ("encoder", "parameters", "rank")))
    assert found["residual"]["points"] == 15
    assert 0 < found["residual"]["p_value"] <= 1
    assert "rank" in found["pair_finder"]


def test_the_reference_is_read_where_no_table_is_named():
    found = json.loads(harness("analyse", "--json", "--replicates", "200").stdout)
    assert "clip" in found["capacity"]
    assert found["empty_subset"]["retrained"] == "the blind baseline"
    assert found["complete"]["retrained"] or "shapley_value" in found["unavailable"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trained,benchmark,score\n", "holds no row of scores"),
        ("model,benchmark,score\na,gqa,1\n", "no column 'trained'"),
        ("trained,benchmark,score\nclip+clip,gqa,1\n", "no subset"),
        ("trained,kept,benchmark,score\nclip,sam,gqa,1\n", "not inside trained"),
        ("trained,benchmark,score\nclip,gqa\n", "line 2: 2 cells under 3 columns"),
        ("trained,benchmark,score\nclip,gqa,1\n", "needs 2 to 8 encoders"),
        ("trained,benchmark,score\nclip,gqa,x\nclip+sam,gqa,nan\n", "no usable score"),
        ('trained,benchmark,score\n"clip,gqa,1\n', "no readable table"),
    ],
)
def test_a_broken_table_leaves_with_40_and_says_where(tmp_path, text, said):
    (tmp_path / "t.csv").write_text(text)
    done = harness("analyse", tmp_path / "t.csv", "--json")
    assert done.returncode == 40, done.stdout
    assert said in json.loads(done.stdout)["error"]


def test_every_variant_of_a_rank_is_given(tmp_path):
    features = np.zeros((4, 3), dtype=np.float32)
    features[:, 0], features[:, 1] = (1, -1, 1, -1), (1, 1, -1, -1)
    np.save(tmp_path / "f.npy", features)
    done = harness("rank", tmp_path / "f.npy", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["tokens"], found["channels"], found["cap"]) == (4, 3, 3)
    for form in ("uncentred", "centred"):
        for one in found[form].values():
            assert (one["value"], one["share_of_cap"]) == (pytest.approx(2.0), pytest.approx(2 / 3))


def test_a_rank_that_expands_since_another_file_is_said_to(tmp_path):
    one, two = np.diag([1.0, 1.0, 0.0]), np.diag([1.0, 1.0, 1.0])
    np.save(tmp_path / "one.npy", one)
    np.save(tmp_path / "two.npy", two)
    done = harness("rank", tmp_path / "two.npy", "--before", tmp_path / "one.npy", "--json")
    assert json.loads(done.stdout)["change"]["roy_vetterli"] == {"ratio": pytest.approx(1.5), "word": "expands"}
    assert "expands" in harness("rank", tmp_path / "two.npy", "--before", tmp_path / "one.npy").stdout


@pytest.mark.parametrize(
    ("features", "said"),
    [
        (np.array([[1.0, np.nan]]), "channel 1 is nan"),
        (np.ones(3), "expected numbers, tokens x channels"),
        (np.zeros((3, 2)), "all tokens are zero"),
        (np.array([["a"]]), "expected numbers"),
        (np.array([[{}]], dtype=object), "no plain NumPy array"),
    ],
)
def test_features_without_a_rank_leave_with_40(tmp_path, features, said):
    np.save(tmp_path / "f.npy", features)
    done = harness("rank", tmp_path / "f.npy", "--json")
    assert done.returncode == 40, done.stdout
    assert said in json.loads(done.stdout)["error"]


def test_a_file_that_is_no_array_leaves_with_40(tmp_path):
    (tmp_path / "f.npy").write_text("no array")
    assert harness("rank", tmp_path / "f.npy").returncode == 40
    assert harness("rank", tmp_path / "absent.npy").returncode == 40


def test_replicates_out_of_range_are_wrong_use(tmp_path):
    assert harness("analyse", "--replicates", "3").returncode == 2


def test_operators_ranks_and_attention_stand_beside_the_scores(tmp_path):
    rows = [[*row[:2], "", *row[2:]] for row in long_rows(seeds=(0, 1))]
    whole = named(len(additive()) - 1)
    rows += [[whole, row[1], "mean", *row[3:]] for row in rows if row[0] != row[1]]
    rows += [[whole, "", "blind", benchmark, 0, 12.0] for benchmark in BENCHMARKS]
    table = written(tmp_path / "t.csv", rows, ("trained", "kept", "mask", "benchmark", "seed", "score"))
    ranks = written(
        tmp_path / "ranks.csv",
        [[name, trained, rank, variant, "no"] for name in POOL for variant in ("roy_vetterli", "stable_rank")
         for trained, rank in (("none", 10), (name, 9), ("all", 12))],
        ("encoder", "trained", "rank", "variant", "centred"),
    )  # fmt: skip
    figures = {"divergence": 0.5, "standard_error": 0.1, "reversed": 0.4, "on_picture": 0.3, "questions": 64}
    view = {"kept": "clip", "mask": "zero", "on_picture_of_full": 0.3, **figures}
    about = {"trained": whole, "training": "", "benchmark": "mme", "smoothing": 1e-6}
    (tmp_path / "attention.json").write_text(json.dumps({**about, "views": [view]}))
    found = told(table, "--ranks", ranks, "--attention", tmp_path / "attention.json")
    assert list(found["masking_operator"]) == ["zero", "mean"]
    assert found["masking_operator"]["mean"]["agreement"]["value"] == 1.0
    assert found["baseline"]["without_picture"]["value"] == 12.0
    assert found["rank_variant"] == "roy_vetterli, centred: no"
    assert {it["joint_from_solo"]["word"] for it in found["rank_change"].values()} == {"expands"}
    assert found["attention_divergence"]["views"]["zero"]["clip"]["value"] == 0.5
    assert set(found["unavailable"]) == {"residual", "readout"}
