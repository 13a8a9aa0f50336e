"""A shared part that is made again lies in its place, with its record, its course in the store and at the tracker."""

import json
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from mlflow import MlflowClient

from harness.config.compose import compose
from harness.errors import UnknownName
from harness.record.mlflow_store import mirror
from harness.record.store import Store
from harness.run import parts
from harness.run.story import Silence
from tests.harness.run import standing_in


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """Put stand-ins in the place of children, and another folder in that of the pinned parts."""
    monkeypatch.setattr(sys, "executable", str(standing_in.install(tmp_path)))
    monkeypatch.setenv("PYTHONPATH", str(standing_in.ROOT))
    monkeypatch.setattr(parts, "PARTS", tmp_path / "results" / "parts")
    return tmp_path / "results" / "parts"


def test_what_was_made_is_put_in_place_with_its_record(place, tmp_path):
    study = compose()
    parts.remake(study, "all", Store(tmp_path / "store"), Silence())
    for name in ("clip", "convnext", "sam", "eva02", "pix2struct", "language"):
        record = json.loads((place / f"{name}.json").read_text())
        assert record["command"] == f"harness prepare --pretrain {name}"
        kernels = parts.MADE_ON.get(name, study.machine.instruction_set)
        switches = record["fingerprint"]["switches"]
        assert (record["instruction_set"], "ATEN_CPU_CAPABILITY" in switches) == (kernels, kernels == "avx2")
        assert set(record["sha256"]) == {f"{name}.safetensors", f"curves/{name}.json", f"curves/{name}.svg"}
        for file, digest in record["sha256"].items():
            assert sha256((place / file).read_bytes()).hexdigest() == digest


def test_the_course_is_recorded_once_and_reaches_the_tracker_as_curves(place, tmp_path):
    store, uri = Store(tmp_path / "store"), f"sqlite:///{tmp_path}/tracker.db"
    for _ in range(2):
        parts.remake(compose(), "sam", store, Silence())
    (record,) = store.records()
    assert (record.kind, record.title, record.metrics["skill"]) == ("pretrain", "pre-train sam", 0.5)
    sent = mirror(store, record.step, uri, "tiny")
    assert sent.outcome == "sent"
    client = MlflowClient(tracking_uri=uri)
    assert [(one.step, one.value) for one in client.get_metric_history(sent.run, "loss/sam")] == [(1, 2.0), (2, 1.0)]
    shown = {one.path for one in client.list_artifacts(sent.run, "outputs/curves")}
    assert shown == {"outputs/curves/sam.json", "outputs/curves/sam.svg"}


def test_an_unknown_part_is_named_before_anything_is_made(place, tmp_path):
    with pytest.raises(UnknownName, match="language"):
        parts.remake(compose(), "dino", Store(tmp_path / "store"), Silence())
    assert not place.exists()
