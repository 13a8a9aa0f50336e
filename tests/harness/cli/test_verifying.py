"""The words of `harness verify`: what may stand together, and that a report is as red as the exit code."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.cli import attesting, replicating
from harness.cli.verbs.judge import verify
from harness.errors import UsageError
from tests.harness.record.keys import pair
from tests.harness.verify.bundles import made


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("a.zip", {"against": "published"}),
        ("scores.csv", {"against": "published", "report": "a.xml"}),
        ("scores.csv", {"against": "published", "changes": True}),
        ("scores.csv", {"against": "published", "seeds": "3"}),
        ("scores.csv", {"against": "published", "rung": "retrain"}),
        ("a.zip", {"rung": "repredict"}),
        ("a.zip", {"benchmark": "gqa"}),
        ("a.zip", {"changes": True}),
        ("a.zip", {"seeds": "3"}),
        ("a.zip", {"margin": 1.0}),
        ("a.dsse.json", {}),
        ("a.dsse.json", {"seeds": "3", "key": Path("public.pem")}),
        ("a.dsse.json", {"against": "published"}),
        ("clip", {"report": "a.dsse.json"}),
        ("clip", {"report": "a.dsse.json", "key": Path("no such key")}),
        ("clip", {"report": "a.xml", "key": Path("key.pem")}),
        ("clip", {"key": Path("public.pem")}),
        ("clip", {"seeds": "3"}),
        ("clip", {"seeds": "3", "rung": "retrain", "changes": True}),
        ("clip", {"seeds": "3,3", "rung": "retrain"}),
        ("clip", {"report": "a.html", "seeds": "3", "rung": "retrain"}),
    ],
)
def test_words_that_would_be_left_out_of_account_are_wrong_use(first, words):
    with pytest.raises(UsageError):
        verify(first, **words)


@pytest.mark.parametrize("seeds", ["x", "1,", "-1", "1.5", "1,1", "1,01", "٣", "1;2"])
def test_seeds_are_different_whole_numbers(seeds):
    with pytest.raises(UsageError, match="3,4,5"):
        replicating.read(seeds)
    assert replicating.read("3, 4,5") == (3, 4, 5)


def test_the_report_of_a_refused_bundle_is_red(tmp_path, capsys):
    one = made(tmp_path)
    asked = ",".join(str(tmp_path / name) for name in ("a.xml", "a.md")) + ",github"
    assert verify(str(one.path), key=one.public, report=asked) == 40
    suite = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert int(suite.get("errors", -1)) == len(suite) > 0
    assert (tmp_path / "a.md").read_text().startswith("**INVALID**")
    assert capsys.readouterr().err.count("::error ") == len(suite)
    one.path.write_bytes(one.path.read_bytes()[:-1])
    assert verify(str(one.path), key=one.public, report=asked) == 40
    assert ElementTree.parse(tmp_path / "a.xml").getroot().get("errors") == "1"


def test_a_signed_verdict_is_the_verdict_wherever_the_same_reference_lies(tmp_path, capsys, monkeypatch):
    secret, public = pair(tmp_path)
    sealed = str(tmp_path / "verdict.dsse.json")
    store = f"store.folder={tmp_path / 'store'}"
    assert verify("clip", "gqa", store, "store=folder", report=sealed, key=secret, json=True) == 0
    first = json.loads(capsys.readouterr().out)
    assert verify(sealed, key=public, json=True) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["verdicts"] == first["entries"]
    assert verify(sealed, key=pair(tmp_path, "other")[1]) == 40
    other = tmp_path / "reference"
    other.mkdir()
    (other / "manifest.json").write_text("{}")
    monkeypatch.setattr(attesting, "REFERENCE", other)
    assert verify(sealed, key=public) == 40
    assert "other results" in capsys.readouterr().out


def test_whoever_marks_again_waits_for_no_statistics():
    program = "import sys, harness.cli.work; print({'scipy.special', 'scipy.stats', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
