"""The committed reference, end to end: it reproduces as it stands, and no harm done to a copy of it passes."""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from harness.config.places import REFERENCE, ROOT

HEAVY = re.compile(r"\|\s+(torch|transformers|timm|vllm|deepspeed|mlflow)$", re.MULTILINE)
MODEL, BENCHMARK = "clip+pix2struct", "chartqa"
REPREDICT_CPU_S = 60


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """Return a store in which the pictures of the benchmarks are drawn at first use."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a copy of everything that a reproduction reads, to be harmed."""
    for name in ("configs", "results", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / "project" / name)
    return tmp_path / "project"


def harness(*words: str, store: Path, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run one command on a store, telling standard error every module that is imported."""
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "harness", *words, "store=folder"],
        env={**os.environ, "HARNESS_STORE": str(store), "HARNESS_ROOT": str(root)},
        capture_output=True,
        text=True,
    )


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_entry_of_the_reference_is_rescored_to_a_match_without_torch(store):
    done = harness("verify", "lattice", "all", "--json", store=store)
    assert done.returncode == 0, done.stderr[-2000:]
    judged = json.loads(done.stdout)
    assert (judged["verdict"], judged["exit_code"]) == ("MATCH", 0)
    verdicts = judged["entries"]
    assert {verdict["outcome"] for verdict in verdicts} == {"MATCH"}
    assert {verdict["difference"] for verdict in verdicts} == {0}
    assert len(verdicts) == len(list((REFERENCE / "predictions").glob("*.parquet")))
    assert not HEAVY.findall(done.stderr)


def test_one_entry_is_rescored_to_one_json_object_without_torch(store):
    done = harness("reproduce", MODEL, BENCHMARK, "--rung", "rescore", "--json", store=store)
    assert done.returncode == 0, done.stderr[-2000:]
    verdict = json.loads(done.stdout)
    assert (verdict["outcome"], verdict["exit_code"], verdict["regime"]) == ("MATCH", 0, "rescore")
    assert verdict["signature"].startswith(f"{BENCHMARK}|")
    assert not HEAVY.findall(done.stderr)


@pytest.mark.slow
def test_stored_weights_answer_as_they_did_within_a_minute_of_processor_time(store):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = harness("reproduce", MODEL, BENCHMARK, "--rung", "repredict", "--json", store=store)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["outcome"] == "MATCH"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < REPREDICT_CPU_S


def first(folder: Path, pattern: str) -> Path:
    return next(iter(sorted(folder.glob(pattern))))


def flip_a_bit_of_the_answers(reference: Path) -> None:
    path = first(reference, f"predictions/*.{MODEL}.{BENCHMARK}.*.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate_the_answers(reference: Path) -> None:
    path = first(reference, f"predictions/*.{MODEL}.{BENCHMARK}.*.parquet")
    path.write_bytes(path.read_bytes()[:-100])


def truncate_the_checkpoint(reference: Path) -> None:
    path = first(reference, f"checkpoints/*.{MODEL}.*/tower.safetensors")
    path.write_bytes(path.read_bytes()[:-100])


def edit_a_score(reference: Path) -> None:
    path = reference / "scores.csv"
    path.write_text(
        re.sub(r"\d\.\d", lambda digits: f"{9 - int(digits[0][0])}.{digits[0][2]}", path.read_text(), count=1)
    )


def remove_the_answers(reference: Path) -> None:
    first(reference, f"predictions/*.{MODEL}.{BENCHMARK}.*.parquet").unlink()


def empty_the_manifest(reference: Path) -> None:
    (reference / "manifest.json").write_bytes(b"")


def add_a_stray_file(reference: Path) -> None:
    (reference / "predictions" / "stray.parquet").write_bytes(b"PAR1")


@pytest.mark.parametrize(
    "harm",
    [
        flip_a_bit_of_the_answers,
        truncate_the_answers,
        truncate_the_checkpoint,
        edit_a_score,
        remove_the_answers,
        empty_the_manifest,
        add_a_stray_file,
    ],
)
def test_a_harmed_reference_is_invalid_and_left_as_it_is(project, store, harm: Callable[[Path], None]):
    reference = project / "results" / "reference"
    whole = contents(reference)
    harm(reference)
    before = contents(reference)
    assert before != whole
    done = harness("reproduce", MODEL, BENCHMARK, "--rung", "rescore", "--json", store=store, root=project)
    assert done.returncode == 40, done.stderr[-2000:]
    assert json.loads(done.stdout)["exit_code"] == 40
    assert contents(reference) == before


@pytest.mark.parametrize("rung", ["repredict", "retrain"])
def test_a_truncated_checkpoint_stops_every_rung_before_anything_is_computed(project, store, rung):
    truncate_the_checkpoint(project / "results" / "reference")
    done = harness("reproduce", MODEL, BENCHMARK, "--rung", rung, "--json", store=store, root=project)
    assert done.returncode == 40, done.stderr[-2000:]
    assert not HEAVY.findall(done.stderr)


def test_harmed_parts_stop_a_training_before_it_starts(project, store):
    path = project / "results" / "parts" / "clip.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    done = harness("train", "clip", store=store / "other", root=project)
    assert done.returncode == 40, done.stderr[-2000:]
    assert re.search(r"clip\.safetensors: expected sha256 [0-9a-f]{64}, found [0-9a-f]{64}", done.stderr)
