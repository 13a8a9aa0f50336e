"""A table of readouts is read as it was written, of the weights that are expected, and of nothing else."""

import json
from hashlib import sha256

import numpy as np
import pytest

from harness.analyse.lattice import build
from harness.analyse.readout_table import Readouts, read, to_csv
from harness.analyse.summary import summarise
from harness.errors import InvalidEvidence, UnknownName
from tests.harness.analyse.planted import POOL, additive, cells

WEIGHTS = {"encoder clip": "a" * 64, "language model": "b" * 64}
NAMES = ("clip", "sam", "dino")
SEVEN = {
    "clip": 0.1,
    "sam": -0.02,
    "dino": 1 / 3,
    "clip+sam": 0.2,
    "clip+dino": 0.5,
    "sam+dino": 0.4,
    "clip+sam+dino": 0.6,
}


def written(folder, values=None, weights=None, header="subset,readout\n"):
    path = folder / "readouts.csv"
    path.write_text(to_csv(SEVEN) if values is None else header + "\n".join(values) + "\n")
    if weights is not None:
        record = {"sha256": sha256(path.read_bytes()).hexdigest(), "weights": weights}
        path.with_suffix(".json").write_text(json.dumps(record))
    return path


def test_what_is_written_is_read_to_the_last_digit(tmp_path):
    found = read(written(tmp_path), NAMES)
    assert {name: it["value"] for name, it in found.plain().items()} == SEVEN
    assert list(found.plain()) == list(SEVEN)
    assert found.of_subsets()[1:].tolist() == [0.1, -0.02, 0.2, 1 / 3, 0.5, 0.4, 0.6]
    assert np.isnan(found.of_subsets()[0])
    pairs = found.of_pairs()
    assert pairs is not None
    assert pairs.tolist() == [0.2, 0.5, 0.4]


def test_the_order_of_members_does_not_matter_and_all_is_the_pool(tmp_path):
    found = read(written(tmp_path, ["sam+clip,0.2", "all,0.6"]), NAMES)
    assert found.values == {0b011: 0.2, 0b111: 0.6}
    assert found.of_pairs() is None


def test_readouts_of_the_expected_weights_play_their_part(tmp_path):
    found = read(written(tmp_path, weights={**WEIGHTS, "encoder eva": "c" * 64}), NAMES, WEIGHTS)
    assert len(found.values) == 7
    assert not found.problems


def test_readouts_of_other_weights_are_named_and_left_out(tmp_path):
    found = read(written(tmp_path, weights={**WEIGHTS, "encoder clip": "c" * 64}), NAMES, WEIGHTS)
    assert found.values == {}
    assert "of other weights than this table's (encoder clip)" in found.problems[0]


def test_readouts_that_do_not_say_their_weights_are_left_out_where_some_are_expected(tmp_path):
    path = written(tmp_path)
    assert "no readouts.json beside them" in read(path, NAMES, WEIGHTS).problems[0]
    assert not read(path, NAMES).problems


def test_a_table_that_was_edited_after_its_record_is_refused(tmp_path):
    path = written(tmp_path, weights=WEIGHTS)
    path.write_text(path.read_text().replace("0.5", "0.9"))
    for expected in (None, WEIGHTS):
        with pytest.raises(InvalidEvidence, match="of another table"):
            read(path, NAMES, expected)


@pytest.mark.parametrize("record", ["no json", "[]", '{"sha256": "0"}', '{"sha256": "0", "weights": 1}'])
def test_a_record_that_is_none_is_refused(tmp_path, record):
    path = written(tmp_path)
    path.with_suffix(".json").write_text(record)
    with pytest.raises(InvalidEvidence, match="not what harness probe writes"):
        read(path, NAMES)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["clip,nan"], "no readout"),
        (["clip,1.5"], "no readout"),
        (["clip,inf"], "no readout"),
        (["clip,"], "no readout"),
        (["clip+sam,0.1", "sam+clip,0.1"], r"line 3: clip\+sam stands twice"),
        (["clip+clip,0.1"], "names an encoder twice"),
        (["clips,0.1"], "Did you mean 'clip'"),
        (["none,0.1"], "no encoder 'none'"),
        ([], "at least one row"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(tmp_path, rows, said):
    with pytest.raises((InvalidEvidence, UnknownName), match=said):
        read(written(tmp_path, rows), NAMES)


def test_another_table_or_none_is_refused(tmp_path):
    with pytest.raises(InvalidEvidence, match="needs the columns subset, readout"):
        read(written(tmp_path, ["clip,1"], header="encoder,rank\n"), NAMES)
    with pytest.raises(InvalidEvidence, match="is absent"):
        read(tmp_path / "absent.csv", NAMES)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidEvidence, match="no readable table"):
        read(tmp_path / "bytes.csv", NAMES)


def test_readouts_in_the_order_of_the_scores_find_the_best_pair_and_agree_with_all_subsets():
    scores = additive()
    readouts = Readouts(POOL, {mask: scores[mask] / 100 for mask in range(1, 16)})
    found = summarise(build(cells(scores)), replicates=100, readouts=readouts)
    assert found["readout"]["clip+sam"]["value"] == scores[3] / 100
    finder = found["pair_finder"]["readout"]
    assert (finder["pair"], finder["value"], finder["kendall_tau"]["value"]) == ("clip+sam", 0.0, 1.0)
    assert found["ranking_agreement"]["readouts"]["value"] == 1.0
    assert "readout" not in found["unavailable"]


def test_without_readouts_the_finder_is_not_there_and_it_is_said_why():
    for readouts in (None, Readouts(POOL, {}, ("of others",))):
        found = summarise(build(cells(additive())), replicates=100, readouts=readouts)
        assert "readout" not in found["pair_finder"]
        assert found["ranking_agreement"]["readouts"]["value"] is None
        assert "harness probe" in found["unavailable"]["readout"]
        assert ("of others" in found["problems"]) == (readouts is not None)


def test_some_readouts_are_shown_and_what_lacks_is_named():
    readouts = Readouts(POOL, {1: 0.3, 3: 0.4})
    found = summarise(build(cells(additive())), replicates=100, readouts=readouts)
    assert list(found["readout"]) == ["clip", "clip+sam"]
    assert "readout" not in found["pair_finder"]
    assert found["unavailable"]["readout"].startswith("the table of readouts lacks sam, dino")
