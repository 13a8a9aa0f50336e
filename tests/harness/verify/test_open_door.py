"""Any harness's marks: read strictly, judged like ours, refused by name."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.card import Mark
from harness.errors import InvalidEvidence
from harness.verify import mark_files
from harness.verify.open_door import compare
from tests.harness.nouns import samples
from tests.house.sources import ROOT


def lines(path, marks, **fields):
    rows = [{"id": f"q{i}", "mark": mark, **{k: v[i] for k, v in fields.items()}} for i, mark in enumerate(marks)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def table(path, marks):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "mark"])
        writer.writerows([f"q{i}", mark] for i, mark in enumerate(marks))
    return path


def runs(folder, n, gained, lost, write=lines):
    before = [1.0] * (n - gained) + [0.0] * gained
    after = [0.0] * lost + [1.0] * (n - lost)
    return write(folder / "stored", before), write(folder / "rerun", after)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9))
def test_our_own_marks_are_read_back_as_they_are(tmp_path_factory, values):
    asked = samples(len(values), 2)
    path = tmp_path_factory.mktemp("marks") / "ours.jsonl"
    marks = [Mark(one.id, value, None, "x") for one, value in zip(asked, values, strict=True)]
    path.write_bytes(mark_files.lines(asked, marks))
    found = mark_files.read(path)
    assert found.marks == {one.id: value for one, value in zip(asked, values, strict=True)}
    assert found.clusters == {one.id: one.cluster for one in asked}


@pytest.mark.parametrize("write", [lines, table])
@pytest.mark.parametrize(
    ("n", "gained", "lost", "verdict", "code"),
    [
        (2000, 2, 3, "MATCH", 0),
        (5000, 20, 0, "DRIFT", 10),
        (1000, 2, 60, "MISMATCH", 20),
        (300, 5, 6, "INCONCLUSIVE", 30),
        (64, 0, 0, "INCONCLUSIVE", 30),
    ],
)
def test_two_files_are_judged_like_two_runs(tmp_path, write, n, gained, lost, verdict, code):
    found = compare(*runs(tmp_path, n, gained, lost, write), 1.0)
    assert (found.verdict, found.exit_code, found.n) == (verdict, code, n)
    assert (found.flips.gained, found.flips.lost) == (gained, lost)
    assert found.difference == pytest.approx(100 * (gained - lost) / n)
    assert found.interval.low < found.difference < found.interval.high or gained == lost
    assert found.test.name == "McNemar, exact mid-p"
    assert (found.needed is None) == (verdict != "INCONCLUSIVE")
    assert len(found.changes) == gained + lost


def test_graded_marks_and_clusters_are_judged_by_cluster(tmp_path):
    rng = np.random.default_rng(0)
    before = rng.integers(0, 11, 600) / 10
    after = np.clip(before + rng.choice([-0.1, 0, 0, 0.1], 600), 0, 1)
    images = [f"image {place // 3}" for place in range(600)]
    one, other = lines(tmp_path / "a", before, image=images), lines(tmp_path / "b", after, image=images)
    plain, grouped = compare(one, other, 1.0), compare(one, other, 1.0, "image")
    assert (plain.clusters, grouped.clusters) == (600, 200)
    assert grouped.difference == pytest.approx(plain.difference)
    assert "by cluster" in grouped.test.name


@given(st.permutations(range(40)))
def test_the_order_of_lines_is_irrelevant(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("marks")
    stored, rerun = runs(folder, 40, 3, 5)
    straight = compare(stored, rerun, 5.0)
    rows = rerun.read_text().splitlines(keepends=True)
    rerun.write_text("".join(rows[place] for place in order))
    assert compare(stored, rerun, 5.0) == straight


def test_true_false_and_whole_numbers_are_marks_and_ids(tmp_path):
    (tmp_path / "a").write_text('{"id": 7, "mark": true, "answer": "x"}\n{"id": "8", "mark": false}\n')
    found = mark_files.read(tmp_path / "a")
    assert found.marks == {"7": 1.0, "8": 0.0}
    assert found.clusters == {}


HEAD = '{"id": "a", "mark": 1}\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found nothing"),
        ("\n\n", "found nothing"),
        ("id,mark\n", "holds no marks"),
        ('{"id": "a"}', "mark None"),
        ('{"id": "a", "mark": null}', "mark None"),
        ('{"mark": 1}', "id None"),
        ('{"id": "a", "mark": NaN}', "NaN is no number"),
        ('{"id": "a", "mark": Infinity}', "Infinity is no number"),
        ('{"id": "a", "mark": 1e999}', "expected a number from 0 to 1"),
        (f'{{"id": "a", "mark": 1{"0" * 400}}}', "expected a number from 0 to 1"),
        (f'{{"id": "a", "mark": 1{"0" * 9000}}}', "line 1"),
        ('{"id": "a", "mark": "1"}', "mark '1'"),
        ('{"id": "a", "mark": 63.2}', "not points of 100"),
        ('{"id": "a", "mark": -0.5}', "expected a number from 0 to 1"),
        ('{"id": "a", "mark": 1, "mark": 0}', "a key stands twice"),
        ('{"id": true, "mark": 1}', "id True"),
        ('{"id": "a\\u0000", "mark": 1}', "control characters"),
        ('{"id": "e\\u0301", "mark": 1}', "NFC"),
        (HEAD + HEAD, "stands twice"),
        (HEAD + "\n" + HEAD, "line 2"),
        (HEAD + "[" * 100_000, "line 2"),
        ('[{"id": "a", "mark": 1}]', "one object a line"),
        ('{"id": "a", "mark": 1, "cluster": "c"}\n{"id": "b", "mark": 1}', "has no field 'cluster'"),
        ('{"id": "a", "mark": 1, "cluster": null}', "cluster None"),
        ("id,mark\na,nan\n", "mark 'nan'"),
        ("id,mark\na,\n", "mark ''"),
        ("id,mark\na,1,2\n", "expected 2 columns"),
        ("id,mark\na\n", "expected 2 columns"),
        ("id,mark,mark\na,1,1\n", "once"),
        ("id,score\na,1\n", "names the columns id and mark"),
        ('id,mark\n"a,1\n', "no CSV"),
    ],
)
def test_a_file_that_is_no_list_of_marks_is_refused_by_name(tmp_path, text, words):
    path = tmp_path / "marks"
    path.write_text(text)
    with pytest.raises(InvalidEvidence, match="marks") as caught:
        mark_files.read(path)
    assert words in str(caught.value)


def test_bytes_that_are_no_text_and_places_that_are_no_file_are_refused(tmp_path):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe{}")
    for path in (tmp_path / "bytes", tmp_path, tmp_path / "absent"):
        with pytest.raises(InvalidEvidence):
            mark_files.read(path)
    assert compare(tmp_path / "absent", tmp_path, 1.0).verdict == "INVALID"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows[1:], "1 samples are missing from the re-run: q0"),
        (lambda rows: [*rows, '{"id": "new", "mark": 1}'], "1 samples are not among the stored ones: new"),
    ],
)
def test_other_samples_are_invalid(tmp_path, change, words):
    stored, rerun = runs(tmp_path, 30, 1, 1)
    rerun.write_text("\n".join(change(rerun.read_text().splitlines())))
    found = compare(stored, rerun, 1.0)
    assert (found.verdict, found.exit_code, found.difference) == ("INVALID", 40, None)
    assert words in found.why


def test_clusters_that_disagree_are_invalid_and_one_file_may_name_them_for_both(tmp_path):
    marks = [1, 0, 1, 0]
    named = lines(tmp_path / "a", marks, cluster=["x", "x", "y", "y"])
    other = lines(tmp_path / "b", marks, cluster=["x", "y", "y", "y"])
    assert "different clusters: q1" in compare(named, other, 1.0).why
    assert compare(named, lines(tmp_path / "c", marks), 1.0).clusters == 2
    assert "has no field 'image'" in compare(named, named, 1.0, "image").why


def said(*words):
    done = subprocess.run(
        [sys.executable, "-m", "harness", "compare", *words], cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_the_verb_prints_plain_keys_and_leaves_with_the_verdicts_code(tmp_path):
    stored, rerun = map(str, runs(tmp_path, 300, 5, 6))
    code, out, _ = said(stored, rerun, "--json")
    found = json.loads(out)
    assert code == found["exit_code"] == 30
    assert found["verdict"] == "INCONCLUSIVE"
    assert set(found["interval"]) == {"low", "high", "confidence"}
    assert set(found["test"]) == {"name", "p"}
    assert found["flips"] == {"gained": 5, "lost": 6}
    assert found["needed"] > found["n"] == 300
    assert "changes" not in found
    assert said(stored, rerun, "--margin", "9")[0] == 0
    assert len(json.loads(said(stored, rerun, "--json", "--changes")[1])["changes"]) == 11
    code, out, _ = said(stored, str(tmp_path / "absent"), "--json")
    assert (code, json.loads(out)["verdict"]) == (40, "INVALID")
    for margin in ("0", "-1", "nan", "inf"):
        assert said(stored, rerun, "--margin", margin)[0] == 2
