"""The light wing judges on a machine that has nothing but `requirements/audit.lock`."""

import json
import os
import shutil
import subprocess
import sys
import venv

import pytest

from benchmarks.load import digest_of
from harness.record import pins
from tests.harness.verify.bundles import asked, made
from tests.house.sources import ROOT

LOCKED = (
    "-m",
    "pip",
    "--disable-pip-version-check",
    "install",
    "-q",
    "--require-hashes",
    "--no-deps",
    "--no-build-isolation",
)
HEAVY = ("torch", "transformers", "timm", "deepspeed", "vllm", "mlflow", "datasets", "docker")


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    folder = tmp_path_factory.mktemp("light") / "venv"
    venv.create(folder, with_pip=True)
    here = str(folder / "bin" / "python")
    for lock in ("build", "audit"):
        subprocess.run([here, *LOCKED, "-r", f"requirements/{lock}.lock"], cwd=ROOT, check=True)
    return here


def said(python, *words, **settings):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    return subprocess.run([python, *words], cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.mark.slow
def test_nothing_heavy_is_installed(python):
    for name in HEAVY:
        # Not from where we stand: the project's folder of images is called docker too.
        assert said(python, "-P", "-c", f"import {name}").returncode == 1
    assert sys.executable != python


@pytest.mark.slow
def test_a_bundle_is_judged_and_marks_are_compared(python, tmp_path):
    one = made(tmp_path)
    root = tmp_path / "root"
    for name in ("configs", "requirements", "results"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("checkpoints", "parts"))
    pins.add(root / "results" / "questions.csv", "gqa", digest_of(asked()), asked())
    verify = ("-m", "harness", "verify", str(one.path), "--key", str(one.public), "--json")
    unpinned = said(python, *verify)
    assert (unpinned.returncode, json.loads(unpinned.stdout)["verdict"]) == (40, "INVALID"), unpinned.stderr
    done = said(python, *verify, HARNESS_ROOT=str(root))
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "MATCH"), done.stderr
    marks = tmp_path / "marks.csv"
    marks.write_text("id,mark\n" + "".join(f"{i},{i % 2}\n" for i in range(1000)))
    done = said(python, "-m", "harness", "compare", str(marks), str(marks), "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "MATCH"), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["verify", "compare", "bundle", "audit", "analyse", "report", "rank", "list", "score"])
def test_every_light_verb_speaks(python, verb):
    done = said(python, "-m", "harness", verb, "--help")
    assert done.returncode == 0, done.stderr
