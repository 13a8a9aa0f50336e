"""Doctor as a shell sees it, on machines that a stand-in of the management library describes."""

import json

import pytest

from harness.cli import doctor
from harness.config import locks
from harness.config.compose import compose
from tests.harness.record import nvml

DOCTOR = """
import sys
sys.argv = ["harness", "doctor", "--json", "machine=h100x1"]
from harness.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return nvml.build(tmp_path_factory.mktemp("driver"))


def examined(library, **said):
    """Return the exit code, and what each line says."""
    good = {"count": 1, "driver": "580.95.05", "cuda": 13000, "major": 9, "minor": 0, "total": 80 * 2**30}
    done = nvml.asked(library, DOCTOR, **{**good, "free": 79 * 2**30, **said})
    return done.returncode, {line["what"]: line for line in json.loads(done.stdout)}, done.stderr


def test_a_driver_that_is_too_old_leaves_with_3_and_says_which_one_is_needed(library):
    code, lines, told = examined(library, driver="550.54.15", cuda=12040)
    assert (code, lines["GPU driver"]["state"]) == (3, "fail"), told
    assert "needs driver 580 or newer" in lines["GPU driver"]["remedy"]
    assert all(line["remedy"] for line in lines.values() if line["state"] != "pass")


def test_a_slice_of_a_gpu_with_little_memory_is_told_from_a_whole_one(library):
    code, lines, told = examined(library, mig=1, free=2**30)
    assert (lines["MIG"]["state"], lines["GPU memory"]["state"], code) == ("warn", "fail", 3), told
    assert lines["GPU driver"]["state"] == "pass"


def test_a_light_machine_is_held_to_its_own_lock_and_told_what_it_cannot_do(monkeypatch):
    monkeypatch.setenv(locks.SET_VARIABLE, "audit")
    line = doctor._lock(compose(()))
    assert (line.state, "audit.lock" in line.found) == ("warn", True)
    assert "rescore" in line.remedy
