"""The store finds what was finished, refuses what is damaged, and keeps nothing twice."""

import json
import os
from hashlib import sha256

import pytest

from harness.errors import HarnessError, InvalidEvidence
from harness.record.store import Store
from tests.harness.nouns import digest, record

STEP = digest("step")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def written(folder, name="answers", data=b"some bytes"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def finish(store, step="step", data=b"some bytes", **changes):
    source = written(store.work(digest(step)), data=data)
    return store.commit(record(step, **changes), {"answers.parquet": source})


def objects(store):
    return [path for path in store.folder.glob("objects/*/*") if path.is_file()]


def test_a_step_is_unknown_until_it_is_committed_and_found_after(store):
    assert store.find(STEP) is None
    kept = finish(store)
    assert store.find(STEP) == kept
    assert store.path(kept, "answers.parquet").read_bytes() == b"some bytes"
    assert kept.outputs["answers.parquet"].sha256 == sha256(b"some bytes").hexdigest()


def test_another_process_finds_it_too(store):
    kept = finish(store)
    assert Store(store.folder).find(STEP) == kept
    assert list(Store(store.folder).records()) == [kept]


def test_the_same_bytes_are_stored_once_and_read_only(store):
    finish(store, "one")
    finish(store, "two")
    assert len(objects(store)) == 1
    assert objects(store)[0].stat().st_mode & 0o222 == 0


def test_a_finished_step_leaves_no_scratch(store):
    finish(store)
    assert [path for room in ("tmp", "work") for path in (store.folder / room).iterdir()] == []


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"X" + data[1:], lambda data: b""])
def test_a_damaged_output_is_refused_with_both_digests_and_left_alone(store, damage):
    kept = finish(store)
    path = store.path(kept, "answers.parquet")
    path.chmod(0o644)
    path.write_bytes(damage(b"some bytes"))
    with pytest.raises(InvalidEvidence) as refused:
        store.find(STEP)
    assert sha256(b"some bytes").hexdigest() in str(refused.value)
    assert sha256(damage(b"some bytes")).hexdigest() in str(refused.value)
    assert path.read_bytes() == damage(b"some bytes")


def test_new_work_never_covers_up_a_damaged_output(store):
    kept = finish(store)
    path = store.path(kept, "answers.parquet")
    path.chmod(0o644)
    path.write_bytes(b"bent bytes")
    with pytest.raises(InvalidEvidence):
        finish(Store(store.folder), "another step")
    assert path.read_bytes() == b"bent bytes"


def test_a_missing_output_is_refused(store):
    kept = finish(store)
    store.path(kept, "answers.parquet").unlink()
    with pytest.raises(InvalidEvidence, match="absent"):
        store.find(STEP)


@pytest.mark.parametrize(
    "tear",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: text.replace('"attempts":1', '"attempts":1,"attempts":2'),
        lambda text: text.replace('"attempts":1', '"attempts":1,"extra":2'),
        lambda text: text.replace("60.5", "NaN"),
        lambda text: text.replace("60.5", "60.50"),
        lambda text: text.replace('"attempts":1', '"attempts":' + "9" * 400),
        lambda text: text + "\n",
        lambda text: json.dumps({**json.loads(text), "step": digest("other")}, sort_keys=True, separators=(",", ":")),
    ],
)
def test_a_torn_or_edited_record_is_refused(store, tear):
    finish(store)
    path = store.folder / "steps" / f"{STEP}.json"
    path.write_text(tear(path.read_text()))
    with pytest.raises(InvalidEvidence):
        store.find(STEP)


def test_outputs_show_under_their_names(store, tmp_path):
    kept = store.commit(
        record("step"),
        {"checkpoint/model.safetensors": written(tmp_path), "log.txt": written(tmp_path, "log", b"steps")},
    )
    shown = store.lay_out(kept, tmp_path / "shown")
    assert (shown / "checkpoint" / "model.safetensors").read_bytes() == b"some bytes"
    assert (shown / "log.txt").read_bytes() == b"steps"


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "", "a//b", "a/"])
def test_an_output_must_have_a_plain_name(store, tmp_path, name):
    with pytest.raises(HarnessError, match="no name for an output"):
        store.commit(record("step"), {name: written(tmp_path)})
    assert store.find(STEP) is None


def test_a_record_has_only_the_outputs_that_were_stored(store, tmp_path):
    kept = finish(store)
    with pytest.raises(HarnessError, match="already names outputs"):
        store.commit(kept, {"answers.parquet": written(tmp_path)})
    with pytest.raises(InvalidEvidence, match=r"it has: answers\.parquet"):
        store.path(kept, "weights")


def test_attempts_count_until_the_step_is_done(store):
    assert [store.attempt(STEP), store.attempt(STEP)] == [1, 2]
    finish(store)
    assert store.attempt(STEP) == 1


def test_an_output_is_hashed_once_a_process_unless_it_changed(store, monkeypatch):
    kept = finish(store)
    store.find(STEP)
    path = store.path(kept, "answers.parquet")
    os.utime(path, (0, 0))
    hashed = []
    monkeypatch.setattr(
        "harness.record.durable.sha256_of", lambda one: hashed.append(one) or kept.outputs["answers.parquet"].sha256
    )
    store.find(STEP)
    store.find(STEP)
    assert hashed == [path]
