"""Nothing trains on a part that was not measured, has changed since, or fell short; each refusal says what to run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.config.compose import compose
from harness.config.places import ROOT
from harness.encoders.table import specs
from harness.errors import InvalidEvidence
from harness.record import durable
from harness.record.fingerprint import collect
from harness.run import gates
from harness.run.bars import BARS, LANGUAGE, VERSION
from harness.schema.gate import GateRecord, Gauged
from harness.schema.recipe import TrainRecipe

Record = dict[str, Any]


@pytest.fixture(scope="module")
def recipe() -> TrainRecipe:
    return compose().recipe


@pytest.fixture
def root(recipe: TrainRecipe, tmp_path: Path) -> Path:
    """Lay out parts that were measured and reach each bar exactly; what is in their files is another room's care."""
    weights = {spec.name: spec.weights for spec in specs(recipe.pool, "tiny")} | {LANGUAGE: recipe.language.weights}
    found = {}
    for name, one in weights.items():
        files = gates.files_of(name, one)
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(file)
        bars = {bar.figure: bar.at_least for bar in BARS[name]}
        found[one.sha256] = Gauged(
            part=name,
            version=VERSION,
            files={file: durable.sha256_of(tmp_path / file) for file in files},
            measured=bars,
            demanded=bars,
        )
    record = GateRecord(command=gates.CHECK, parts=found, fingerprint=collect())
    (tmp_path / gates.RECORD).write_text(record.model_dump_json())
    return tmp_path


def edit(root: Path, change: Callable[[Record], None]) -> None:
    record = json.loads((root / gates.RECORD).read_text())
    change(record)
    (root / gates.RECORD).write_text(json.dumps(record))


def of(record: Record, name: str) -> Record:
    return next(one for one in record["parts"].values() if one["part"] == name)


def test_parts_that_reach_every_bar_are_let_through(recipe: TrainRecipe, root: Path):
    gates.demand(recipe, root)


def test_only_the_parts_of_the_pool_are_asked_for(recipe: TrainRecipe, root: Path):
    edit(root, lambda record: of(record, "sam")["measured"].update(skill=0.0))
    gates.demand(recipe.model_copy(update={"pool": ("clip", "eva02")}), root)
    with pytest.raises(InvalidEvidence, match="'sam'"):
        gates.demand(recipe, root)


@pytest.mark.parametrize("name", ["eagle_x5_7b", "small_1gpu"])
def test_published_models_have_no_gates(name: str, tmp_path: Path):
    gates.demand(compose([f"recipe={name}"]).recipe, tmp_path)


def _rename(record: Record) -> None:
    digest = next(iter(record["parts"]))
    record["parts"]["0" * 64] = record["parts"].pop(digest)


def _swap(record: Record) -> None:
    of(record, "clip")["part"] = "sam"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_rename, "'clip'"),
        (_swap, "'clip'"),
        (lambda record: of(record, "clip").update(version=VERSION - 1), "was measured by version"),
        (lambda record: of(record, "sam")["demanded"].update(skill=0.1), "was held to skill >= 0.1"),
        (lambda record: of(record, "sam")["demanded"].clear(), "was held to skill >= None"),
        (lambda record: of(record, "eva02")["measured"].update(skill=0.2), "failed its gate.* skill is 0.2"),
        (lambda record: of(record, "eva02")["measured"].pop("gain"), "failed its gate.* gain is None"),
        (lambda record: of(record, LANGUAGE)["measured"].update({"lead/gqa": 0.0}), "lead/gqa is 0.0"),
        (lambda record: of(record, LANGUAGE)["files"].popitem(), "expected sha256 nothing"),
        (lambda record: of(record, "clip")["measured"].update(skill="NaN"), "measured.skill"),
        (lambda record: record.update(parts=[]), "no valid GateRecord"),
    ],
)
def test_a_record_that_is_stale_or_edited_is_refused(
    recipe: TrainRecipe, root: Path, change: Callable[[Record], None], said: str
):
    edit(root, change)
    with pytest.raises(InvalidEvidence, match=said) as refusal:
        gates.demand(recipe, root)
    assert gates.CHECK in str(refusal.value)


def test_without_a_record_nothing_trains(recipe: TrainRecipe, root: Path):
    (root / gates.RECORD).unlink()
    with pytest.raises(InvalidEvidence, match=gates.CHECK):
        gates.demand(recipe, root)


@pytest.mark.parametrize("file", ["clip.safetensors", "language/tokenizer.json", "language/config.json"])
def test_a_file_that_has_changed_since_is_refused(recipe: TrainRecipe, root: Path, file: str):
    with (root / gates.PARTS / file).open("a") as part:
        part.write(" ")
    with pytest.raises(InvalidEvidence, match=f"{file}, read when .* expected sha256"):
        gates.demand(recipe, root)
    (root / gates.PARTS / file).unlink()
    with pytest.raises(InvalidEvidence, match="found nothing"):
        gates.demand(recipe, root)


def test_the_accepted_parts_have_passed(recipe: TrainRecipe):
    gates.demand(recipe)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("train", "clip"), ("sweep", "size:1", "gqa")])
def test_no_command_trains_on_a_part_that_failed(words: tuple[str, ...], tmp_path: Path):
    for name in ("configs", "results", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("checkpoints"))
    edit(tmp_path, lambda record: of(record, "clip")["measured"].update(skill=0.3))
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words],
        env={**os.environ, "HARNESS_ROOT": str(tmp_path), "HARNESS_STORE": str(tmp_path / "store"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == InvalidEvidence.exit_code, done.stderr
    assert "shared part 'clip'" in done.stderr
    assert gates.CHECK in done.stderr
    assert not list((tmp_path / "store").rglob("runs/*"))
