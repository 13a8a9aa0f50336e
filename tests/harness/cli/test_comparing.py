"""The words of `harness compare`: what may stand together, and what a shell gets back."""

import json
import os
import subprocess
import sys

import pytest

from harness.cli.comparing import Asked, compare_files
from harness.errors import UsageError


@pytest.fixture
def files(tmp_path):
    made = []
    for run in range(4):
        path = tmp_path / f"s{run}.csv"
        path.write_text("id,mark\n" + "".join(f"q{one},{int((one + run) % 50 > 20)}\n" for one in range(1000)))
        made.append(path)
    return made


def asked(stored, rerun=(), margin=5.0, **words) -> Asked:
    plain = {"cluster": "", "spread": "", "slice": None, "claim": False}
    return Asked(tuple(stored), tuple(rerun), margin, **(plain | words))


@pytest.mark.parametrize(
    ("stored", "rerun", "words", "said"),
    [
        (0, 0, {}, "came 0 stored and 0 new"),
        (1, 0, {}, "came 1 stored and 0 new"),
        (3, 0, {}, "came 3 stored and 0 new"),
        (1, 1, {"margin": float("nan")}, "positive number of points"),
        (1, 1, {"spread": "0.5"}, "0.5,62; came 0.5"),
        (1, 1, {"spread": "-1,62"}, "came -1,62"),
        (1, 1, {"spread": "nan,62"}, "came nan,62"),
        (2, 2, {"spread": "0.5,62", "claim": True}, "takes no --slice and no --spread"),
        (1, 1, {"spread": "0.5,62", "slice": "ids"}, "takes no --spread"),
        (2, 1, {"slice": "ids"}, "one stored file against one re-run"),
    ],
)
def test_words_that_do_not_fit_are_wrong_use(files, stored, rerun, words, said):
    with pytest.raises(UsageError, match=said):
        compare_files(asked(files[:stored], files[:rerun], **words), changes=False, as_json=True)


def test_two_files_side_by_side_are_a_stored_one_and_its_re_run(files, capsys):
    assert compare_files(asked(files[:2]), changes=False, as_json=True) == 0
    bare = json.loads(capsys.readouterr().out)
    assert compare_files(asked(files[:1], files[1:2]), changes=False, as_json=True) == 0
    assert json.loads(capsys.readouterr().out) == bare
    assert (bare["verdict"], bare["setting"], bare["runs"], bare["claim"]) == ("MATCH", None, None, None)


def test_seeds_and_claims_are_asked_for_in_a_shell(files):
    def said(*words):
        done = subprocess.run(
            [sys.executable, "-m", "harness", "compare", *map(str, words)],
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    code, out, _ = said(*files[:2], "--rerun", *files[2:], "--spread", "0.5,62", "--json")
    found = json.loads(out)
    assert (code, found["verdict"], found["setting"], len(found["runs"]["rerun"])) == (0, "MATCH", "R4", 2)
    code, out, _ = said(*files[:2], "--rerun", *files[2:], "--claim")
    assert code == 30
    assert "not shown" in out
