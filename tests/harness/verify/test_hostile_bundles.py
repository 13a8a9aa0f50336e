"""Whatever a signed bundle holds, it is refused by name, in bounded memory, and nothing lies about afterwards.

The signer is trusted here and lies all the same: without the key a bundle is refused before a byte of it is parsed.
What archives and their names can do is in `tests/harness/record/test_hostile_archives.py`.
"""

import json
import os
import re
import subprocess
import sys

import pytest

from harness.record import crate
from tests.harness.verify.bundles import made, rewritten
from tests.house.sources import ROOT

RECORD, VERDICT = b'"attempts":1', b'"outcome":"MATCH"'
DEEP, LONG, NOISE_MB = b"[" * 100_000, b"9" * 5_000, 33
MEMORY_MB = 1024


def into(name, old, new):
    """Put other bytes into a member."""

    def bend(held):
        assert old in held[name]
        held[name] = held[name].replace(old, new)

    return bend


def instead(name, data):
    """Put another member in the place of one."""
    return lambda held: held.update({name: data() if callable(data) else data})


def noise(size_mb):
    """Return text that no archive packs a thousandfold."""
    return b'"' + os.urandom(size_mb * 2**19).hex().encode() + b'"\n'


# What is done to the bundle, the words that refuse it, and whether it is signed again after that.
ATTACKS = {
    "a key twice": (into("runs.jsonl", RECORD, RECORD + b"," + RECORD), "runs.jsonl.*a key stands twice", True),
    "brackets": (instead("runs.jsonl", DEEP + b"\n"), "runs.jsonl, line 1 is no valid RunRecord", True),
    "braces": (instead("verdicts.jsonl", b'{"a":' * 50_000 + b"\n"), "verdicts.jsonl, line 1 is no valid", True),
    "a long number": (into("runs.jsonl", RECORD, b'"attempts":' + LONG), "runs.jsonl, line", True),
    "NaN": (into("runs.jsonl", b'"value":50', b'"value":NaN'), "no valid RunRecord", True),
    "Infinity": (into("runs.jsonl", b'"value":50', b'"value":Infinity'), "no valid RunRecord", True),
    "a number beyond doubles": (into("runs.jsonl", b'"value":50', b'"value":1e999'), "no valid RunRecord", True),
    "a field of a record": (into("runs.jsonl", RECORD, RECORD + b',"waived":true'), "waived", True),
    "a field of a verdict": (into("verdicts.jsonl", VERDICT, VERDICT + b',"waived":true'), "waived", True),
    "a field of an attempt": (instead("ledger.jsonl", b'{"waived":true}\n'), "ledger.jsonl, line 1", True),
    "another alphabet": (instead("runs.jsonl", lambda: "{}".encode("utf-16")), "runs.jsonl, line 1", True),
    "a giant line": (instead("runs.jsonl", lambda: noise(17)), "a RunRecord has at most", True),
    "a giant file": (instead("verdicts.jsonl", lambda: noise(NOISE_MB)), "a bundle's has at most", True),
    "a giant ledger": (instead("ledger.jsonl", lambda: noise(NOISE_MB)), "a bundle's has at most", True),
    "a statement of brackets": (instead(crate.STATEMENT, DEEP), "no valid Envelope", False),
    "a giant statement": (instead(crate.STATEMENT, lambda: noise(17)), "unsigned files are no evidence", False),
    "a field of the envelope": (
        into(crate.STATEMENT, b'{"payload"', b'{"also":1,"payload"'),
        "no valid Envelope",
        False,
    ),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Judge an honest bundle and every hostile one in one confined process, in a folder of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    one, paths = made(folder), {}
    for number, (name, (change, _, again)) in enumerate(ATTACKS.items()):
        (folder / str(number)).mkdir()
        paths[name] = rewritten(one, change, again, folder / str(number))
    inside = folder / "inside"
    inside.mkdir()
    before = sorted(folder.rglob("*"))
    words = [sys.executable, "-m", "tests.harness.verify.confined", str(one.public), str(one.path)]
    done = subprocess.run(
        [*words, *map(str, paths.values())],
        cwd=inside,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(inside), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(folder.rglob("*")) == before
    honest, *hostile, peak_mb = (json.loads(line) for line in done.stdout.splitlines())
    assert honest[0] == "MATCH"
    return dict(zip(paths, hostile, strict=True)), peak_mb


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_bundle_is_refused_by_name(judged, name):
    outcome, why = judged[0][name]
    assert outcome == "INVALID"
    assert re.search(ATTACKS[name][1], why)


def test_no_hostile_bundle_takes_much_memory(judged):
    assert 0 < judged[1] < MEMORY_MB
