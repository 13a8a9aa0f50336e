"""Ranks of a lattice are of the trainings that are done, each with its digests; the others are named."""

import csv
import json

import pytest

from benchmarks.table import find
from harness.analyse import attention_table
from harness.analyse.rank_table import read
from harness.cli import attending, lattice_ranking
from harness.config.places import ROOT
from harness.errors import UsageError
from harness.model.checkpoint import save
from harness.model.language import load_speech
from harness.record import checkpoints
from harness.record.durable import sha256_of
from harness.run import lattice_ranks, steps
from harness.run.jobs import Job, lay_out
from harness.run.reproduce import Workplace
from harness.schema.subset import Subset
from harness.train.train import assemble
from tests.harness.nouns import record
from tests.harness.run.grids import Ground

PICTURES = 4


def keep_untrained(place: Workplace, job: Job, folder) -> str:
    """Put a model that was never trained into the store as what a training left; return the digest of its weights."""
    training = job.training
    speech = load_speech(training.recipe.language, ROOT)
    files = save(assemble(training, ROOT), training, speech, folder)
    step = steps.train(training)
    with place.store.claim(step.digest, lambda: None):
        made = record("trained", kind="train").model_copy(update={"step": step.digest})
        done = place.store.commit(made, files)
    return checkpoints.weights_of(done)


def test_no_training_at_all_is_wrong_use(tmp_path):
    place = Ground(tmp_path).place()
    jobs = lay_out(place.study, Subset.select("size:1", place.study.recipe.pool), "none")
    with pytest.raises(UsageError, match="none of the 5 trainings"):
        lattice_ranks.take(place, jobs, ["chartqa"], PICTURES)


@pytest.mark.slow
def test_stored_trainings_are_measured_and_those_that_lack_are_named(tmp_path, monkeypatch, capsys):
    """A training of no steps leaves every rank as it was, so that each of them survives by a ratio of 1."""
    monkeypatch.setattr(lattice_ranking, "BENCHMARKS", (find("chartqa"),))
    ground, out = Ground(tmp_path), tmp_path / "measured" / "ranks.csv"
    place = ground.place()
    pool = place.study.recipe.pool
    first, *_ = lay_out(place.study, Subset.select("size:1", pool), "none")
    weights = keep_untrained(place, first, tmp_path / "made")
    assert lattice_ranking.ranks("size:1", ground.overrides, PICTURES, out, as_json=True) == 0
    plain, record_ = (
        json.loads(capsys.readouterr().out.splitlines()[-1]),
        json.loads(out.with_suffix(".json").read_text()),
    )
    assert plain["written"] == [str(out), str(out.with_suffix(".json"))]
    assert (record_["sha256"], record_["trainings"]) == (sha256_of(out), 1)
    (problem,) = record_["problems"]
    assert problem.startswith("4 of 5 trainings are not in the store: convnext s0")
    ranks = read(out, pool, {first.training.digest})
    assert len(ranks.others) == lattice_ranks.CHOICES - 1
    for one in (ranks, *ranks.others.values()):
        assert one.ratio("clip", 1, 0).value == pytest.approx(1.0, abs=1e-12)
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    after = {(row["training"], row["weights"], row["pictures"]) for row in rows if row["trained"] == "clip"}
    assert after == {(first.training.digest, weights, str(PICTURES))}
    before = {row["encoder"]: row["weights"] for row in rows if row["trained"] == "none"}
    assert before == {spec.name: spec.weights.sha256 for spec in lattice_ranks.encoders_of(place)}


@pytest.mark.slow
def test_what_attend_writes_is_what_the_analysis_reads(tmp_path, capsys):
    ground = Ground(tmp_path)
    place, names = ground.place(), ("clip", "sam")
    (job,) = lay_out(place.study, Subset.select("clip+sam", place.study.recipe.pool), "none")
    keep_untrained(place, job, tmp_path / "made")
    out = tmp_path / "attention.json"
    attending.attend("clip+sam", "chartqa", ground.overrides, "size:1", "zero", PICTURES, out, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == json.loads(out.read_text())
    assert "system/" not in out.read_text()
    looks = attention_table.read(out, names, {job.training.digest})
    assert looks is not None
    assert {look.kept for look in looks.views} == set(names)
    assert all(look.divergence.value >= 0 and look.questions == PICTURES for look in looks.views)
    assert attention_table.read(out, names, {"0" * 64}).problems
