"""The light wing works without network and without the heavy wing: whoever asks for either ends the program."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from benchmarks.load import digest_of
from harness.record import pins
from tests.harness.cli.test_analysing import long_rows, written
from tests.harness.verify.bundles import asked, made
from tests.house.sources import ROOT

CHILD = """
import os, runpy, sys

HEAVY = {"torch", "transformers", "timm", "deepspeed", "vllm", "mlflow", "datasets", "docker"}
REACHING = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}


def heard(event, arguments):
    if event in REACHING or (event == "import" and arguments[0].partition(".")[0] in HEAVY):
        os.write(2, f"{event}: {arguments}".encode())
        os._exit(99)


sys.addaudithook(heard)
"""
PROGRAM = 'runpy.run_module("harness", run_name="__main__")'


def ran(program, *words, **settings):
    command = [sys.executable, "-c", CHILD + program, *words]
    environment = {**os.environ, **settings}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)


@pytest.fixture
def root(tmp_path):
    """Lay out a project that knows the questions of the bundle, and nothing more than judging takes."""
    folder = tmp_path / "root"
    shutil.copytree(ROOT / "configs", folder / "configs")
    (folder / "results").mkdir()
    for name in ("policy.toml", "questions.csv"):
        shutil.copy(ROOT / "results" / name, folder / "results")
    pins.add(folder / "results" / "questions.csv", "gqa", digest_of(asked()), asked())
    return str(folder)


@pytest.mark.parametrize(
    "reaching", ["import socket; socket.create_connection(('127.0.0.1', 9))", "import torch", "import docker.errors"]
)
def test_whoever_reaches_out_is_caught(reaching):
    assert ran(reaching).returncode == 99


def test_a_bundle_is_judged_without_network_or_heavy_libraries(root, tmp_path):
    one = made(tmp_path)
    done = ran(PROGRAM, "verify", str(one.path), "--key", str(one.public), "--json", HARNESS_ROOT=root)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "MATCH"), done.stderr
    one.path.write_bytes(one.path.read_bytes()[:-1])
    cut = ran(PROGRAM, "verify", str(one.path), "--key", str(one.public), "--json", HARNESS_ROOT=root)
    assert (cut.returncode, json.loads(cut.stdout)["verdict"]) == (40, "INVALID"), cut.stderr


def test_a_table_is_analysed_reported_and_audited_without_network_or_heavy_libraries(tmp_path):
    table = str(written(tmp_path / "t.csv", long_rows()))
    for words in (
        ("analyse", table, "--replicates", "100", "--json"),
        ("report", table, "--replicates", "100", "--out", str(tmp_path / "page.html")),
    ):
        done = ran(PROGRAM, *words)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")
    (tmp_path / "printed.csv").write_text("model,ChartQA,GQA\nclip,71.1,62.4\nsam,70.9,61.1\n")
    audited = ran(PROGRAM, "audit", str(tmp_path / "printed.csv"), "--json")
    assert (audited.returncode, json.loads(audited.stdout)) == (0, []), audited.stderr
