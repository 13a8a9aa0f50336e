"""Every outcome leaves with its own exit code, through a real process; nothing but MATCH leaves with 0."""

import json
import subprocess
import sys

import pytest

from harness.schema.verdict import EXIT_CODES
from tests.house.sources import ROOT

CRASH = (
    "import sys; sys.argv = ['harness', 'compare', '', '']; import harness.__main__ as m; m.guarded = None; m.main()"
)


def left(*words):
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def runs(folder, n, gained, lost):
    before, after = [1] * (n - gained) + [0] * gained, [0] * lost + [1] * (n - lost)
    for name, marks in (("stored", before), ("rerun", after)):
        (folder / name).write_text("".join(f'{{"id": {i}, "mark": {mark}}}\n' for i, mark in enumerate(marks)))
    return str(folder / "stored"), str(folder / "rerun")


@pytest.mark.parametrize(
    ("n", "gained", "lost", "outcome"),
    [(2000, 2, 3, "MATCH"), (5000, 20, 0, "DRIFT"), (1000, 2, 60, "MISMATCH"), (300, 5, 6, "INCONCLUSIVE")],
)
def test_an_outcome_leaves_with_its_code(tmp_path, n, gained, lost, outcome):
    code, out, _ = left("-m", "harness", "compare", *runs(tmp_path, n, gained, lost), "--json")
    found = json.loads(out)
    assert (found["verdict"], found["exit_code"], code) == (outcome, EXIT_CODES[outcome], EXIT_CODES[outcome])
    assert (code == 0) == (outcome == "MATCH")


def test_refused_evidence_leaves_with_40(tmp_path):
    stored, _ = runs(tmp_path, 20, 0, 0)
    assert left("-m", "harness", "compare", stored, str(tmp_path / "absent"))[0] == 40
    assert left("-m", "harness", "score", str(tmp_path / "absent"))[0] == 40


def test_an_unsigned_bundle_leaves_with_40_and_one_without_a_trusted_key_with_2(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    key = tmp_path / "key.pem"
    key.write_text("none")
    code, out, _ = left("-m", "harness", "verify", str(tmp_path / "a.zip"), "--key", str(key), "--json")
    assert (code, json.loads(out)["verdict"]) == (40, "INVALID")
    assert left("-m", "harness", "verify", str(tmp_path / "a.zip"))[0] == 2


@pytest.mark.parametrize(
    "words", [["compare"], ["fly"], ["compare", "a", "b", "--margin", "0"], ["verify", "--rung", "x"]]
)
def test_wrong_use_leaves_with_2(words):
    assert left("-m", "harness", *words)[0] == 2


def test_a_crash_of_our_own_leaves_with_50():
    code, out, err = left("-c", CRASH)
    assert (code, out) == (50, "")
    assert "TypeError" in err
