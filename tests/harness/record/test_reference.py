"""The reference is one whole: all of it agrees, and it changes by a deliberate act or not at all."""

import os
from contextlib import suppress
from dataclasses import replace

import pytest

from harness.errors import HarnessError, InvalidEvidence, UnknownName, UsageError
from harness.record import durable, predictions
from harness.record.reference import Accepted, Reference, accept
from harness.score.score import score
from tests.harness.nouns import benchmark, digest, entry, header, record, samples
from tests.harness.nouns import predictions as answers

ASKED = samples(12, 3)


def accepted(folder, trained="clip", texts=("yes",) * 12, run="run"):
    head, rows = header(12, entry(trained)), answers(ASKED, texts)
    path = folder / f"{trained}.answers"
    predictions.write(path, head, rows)
    return Accepted(score(head, rows, benchmark(), ASKED, digest("samples")).score, path, (record(run),))


def weights(folder, content=b"weights"):
    path = folder / "weights"
    path.write_bytes(content)
    return {"tiny.clip.s0": {"model.safetensors": path}}


@pytest.fixture
def folder(tmp_path):
    accept(tmp_path / "reference", [accepted(tmp_path)], weights(tmp_path), "the first")
    return tmp_path / "reference"


def bytes_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_accepted_comes_back(folder, tmp_path):
    found, one = Reference.load(folder), accepted(tmp_path)
    assert found.score(entry("clip")) == one.score
    assert found.predictions(entry("clip")) == predictions.read(one.predictions)
    assert (found.checkpoint(entry("clip")) / "model.safetensors").read_bytes() == b"weights"
    assert found.checkpoint(entry("sam")) is None
    assert found.runs == (record("run"),)
    assert "the first\n\n- tiny.clip.gqa.s0\n- weights of tiny.clip.s0\n" in (folder / "LOG.md").read_text()


def test_entries_are_added_beside_the_old_ones(folder, tmp_path):
    found = accept(folder, [accepted(tmp_path, "sam", run="another")], {}, "the second")
    assert set(found.scores) == {"tiny.clip.gqa.s0", "tiny.sam.gqa.s0"}
    assert len(found.runs) == 2
    assert found.checkpoint(entry("clip")) is not None
    assert (folder / "LOG.md").read_text().count("## ") == 2
    assert sorted(path.name for path in folder.parent.iterdir() if path.is_dir()) == ["reference"]


def test_an_entry_is_replaced_only_when_asked_for(folder, tmp_path):
    before, other = bytes_of(folder), accepted(tmp_path, texts=["no"] * 12)
    with pytest.raises(UsageError, match=r"already holds tiny\.clip\.gqa\.s0"):
        accept(folder, [other], {}, "why not")
    with pytest.raises(UsageError, match=r"already holds tiny\.clip\.s0"):
        accept(folder, [], weights(tmp_path), "why not")
    assert bytes_of(folder) == before
    assert accept(folder, [other], {}, "a better one", replace=True).score(entry("clip")).value == 0


def test_accepting_needs_a_reason(folder):
    with pytest.raises(UsageError, match="needs a reason"):
        accept(folder, [], {}, " ")


def test_an_unknown_entry_is_refused_with_the_known_ones(folder):
    with pytest.raises(UnknownName, match=r"Known: tiny\.clip\.gqa\.s0"):
        Reference.load(folder).score(entry("sam"))


@pytest.mark.parametrize("name", ["scores.csv", "runs.jsonl", "LOG.md", "manifest.json"])
def test_an_edited_absent_or_empty_file_makes_the_whole_invalid(folder, name):
    whole = (folder / name).read_bytes()
    for edited in (whole.replace(b"0", b"1", 1) if b"0" in whole else whole + b"!", b"", None):
        if edited is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(edited)
        with pytest.raises(InvalidEvidence):
            Reference.load(folder)


def test_an_absent_reference_is_invalid(tmp_path):
    with pytest.raises(InvalidEvidence, match="absent"):
        Reference.load(tmp_path / "nothing")


def test_a_bent_reference_is_not_built_upon(folder, tmp_path):
    (folder / "scores.csv").write_text("edited")
    before = bytes_of(folder)
    with pytest.raises(InvalidEvidence):
        accept(folder, [accepted(tmp_path, "sam")], {}, "more")
    assert bytes_of(folder) == before


def test_answers_of_another_entry_are_refused(folder, tmp_path):
    sam, clip = accepted(tmp_path, "sam"), accepted(tmp_path)
    with pytest.raises(InvalidEvidence, match=r"answers tiny\.clip\.gqa\.s0, the score is tiny\.sam\.gqa\.s0's"):
        accept(folder, [Accepted(sam.score, clip.predictions, ())], {}, "mixed up")


@pytest.mark.parametrize("fails_at", range(12))
def test_a_disk_that_fails_at_any_moment_leaves_the_old_or_the_new_one_whole(folder, tmp_path, monkeypatch, fails_at):
    before, other, calls = bytes_of(folder), accepted(tmp_path, "sam"), []

    def failing(step):
        def call(*arguments, **options):
            calls.append(step)
            if len(calls) > fails_at:
                raise OSError(28, "No space left on device")
            return step(*arguments, **options)

        return call

    monkeypatch.setattr(os, "fsync", failing(os.fsync))
    monkeypatch.setattr(durable, "sync_folder", failing(durable.sync_folder))
    with suppress(HarnessError):
        accept(folder, [other], weights(tmp_path, b"new"), "more", replace=True)
    monkeypatch.undo()
    present = Reference.load(folder)
    assert bytes_of(folder) == before or "tiny.sam.gqa.s0" in present.scores
    assert "tiny.sam.gqa.s0" in accept(folder, [other], {}, "again", replace=True).scores


def test_an_accept_killed_between_its_renames_is_taken_up_again(folder, tmp_path):
    folder.rename(folder.with_name(".reference.previous"))
    with pytest.raises(InvalidEvidence, match=r"\.reference\.previous"):
        Reference.load(folder)
    assert len(accept(folder, [accepted(tmp_path, "sam")], {}, "again").scores) == 2


def test_canaries_are_kept_beside_the_answers_and_go_when_an_entry_is_replaced_without(tmp_path):
    one, canaries = accepted(tmp_path), tmp_path / "canaries.json"
    canaries.write_text("{}")
    folder = tmp_path / "kept"
    kept = accept(folder, [replace(one, canaries=canaries)], {}, "why")
    assert kept.canaries(one.score.entry).read_text() == "{}"
    assert kept.content(one.score.entry) == durable.sha256_of(one.predictions)
    assert not accept(folder, [one], {}, "again", replace=True).canaries(one.score.entry).exists()
