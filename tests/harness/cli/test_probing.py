"""`harness probe` as a shell sees it, and what the analysis makes of the table that it writes."""

import json

from tests.harness.analyse.planted import additive
from tests.harness.cli.test_analysing import harness, long_rows, named, told, written


def test_readouts_are_a_finder_and_an_order_of_all_subsets(tmp_path):
    table = written(tmp_path / "t.csv", long_rows(masked=False))
    rows = [[named(mask), 0.01 * additive()[mask]] for mask in range(1, 16)]
    readouts = written(tmp_path / "readouts.csv", rows, ("subset", "readout"))
    found = told(table, "--readouts", readouts)
    assert found["pair_finder"]["readout"]["pair"] == "clip+sam"
    assert found["ranking_agreement"]["readouts"]["value"] == 1.0
    assert set(found["readout"]) == {named(mask) for mask in range(1, 16)}
    shown = harness("analyse", table, "--readouts", readouts, "--replicates", "200")
    assert "read out untrained, retrained" in shown.stdout
    refused = harness("analyse", table, "--readouts", tmp_path / "absent.csv", "--json")
    assert refused.returncode == 40
    assert "harness probe writes it" in json.loads(refused.stdout)["error"]


def test_a_probe_of_a_recipe_without_cells_is_wrong_use_and_says_what_to_do(tmp_path):
    out = tmp_path / "readouts.csv"
    for words, said in (
        (("recipe=eagle_x5_7b",), "no stage with the objective 'cells'"),
        (("clip+sam",), "key=value overrides alone"),
        (("--pictures", "1"), "needs 2 pictures or more"),
    ):
        done = harness("probe", *words, "--out", out)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
    assert not list(tmp_path.iterdir())
