"""Nothing in a store goes bad unseen, nothing needed is thrown away, and mending overwrites nothing."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InvalidEvidence
from harness.record import durable
from harness.record.collection import collect
from harness.record.inspection import ASIDE, Inspection, inspect, mend
from harness.record.store import Store
from harness.schema.run import OutputFile
from tests.harness.nouns import digest, record

NAMES = ("one", "two", "three")


@pytest.fixture
def store(tmp_path) -> Store:
    """Keep three steps; two of them have an output in common."""
    store = Store(tmp_path / "store")
    for name in NAMES:
        files = {"own": tmp_path / name, "shared": tmp_path / "shared"}
        files["own"].write_text(f"what {name} left")
        files["shared"].write_text("alike")
        store.commit(record(name), files if name != "three" else {"own": files["own"]})
    return store


def kinds(found: Inspection) -> list[str]:
    return sorted(fault.kind for fault in found.faults)


def output(store: Store, name: str, which: str = "own") -> Path:
    found = store.record(digest(name))
    assert found is not None
    return store.path(found, which)


def harm(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[random.Random(7).randrange(len(data))] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def nowhere(step: str, name: str, output: OutputFile, target: Path) -> bool:
    return False


def test_a_whole_store_has_no_fault(store):
    found = inspect(store)
    assert (found.records, found.objects, found.faults) == (3, 4, [])


def test_every_kind_of_fault_is_found_and_named(store):
    harm(output(store, "one"))
    output(store, "two").unlink()
    path = store.record_path(digest("three"))
    path.write_bytes(path.read_bytes()[:-9])
    (store.folder / "tmp" / digest("dead")).mkdir(parents=True)
    folder = store.folder / "checkpoints" / digest("gone")
    folder.mkdir(parents=True)
    (folder / "weights").symlink_to(store.object(digest("nothing")))
    found = inspect(store)
    assert kinds(found) == ["damaged", "dangling", "leftover", "missing", "orphan", "torn record"]
    assert {fault.needed_by for fault in found.harmful} == {((digest("one"), "own"),), ((digest("two"), "own"),), ()}


def test_an_object_that_two_steps_share_names_both(store):
    harm(output(store, "one", "shared"))
    (fault,) = inspect(store).harmful
    assert {step for step, _ in fault.needed_by} == {digest("one"), digest("two")}


def test_mending_restores_what_can_be_had_and_lets_the_rest_run_again(store):
    good = output(store, "one").read_bytes()
    harm(output(store, "one"))
    output(store, "two").unlink()

    def restore(step: str, name: str, output: OutputFile, target: Path) -> bool:
        if step == digest("one"):
            target.write_bytes(good)
        return step == digest("one")

    mend(store, inspect(store).faults, restore)
    assert store.find(digest("one")) is not None
    assert store.find(digest("two")) is None
    assert inspect(store).harmful == []
    kept = {path.name for path in (store.folder / ASIDE).rglob("*") if path.is_file()}
    assert {f"{digest('two')}.json", output(store, "one").name} == kept


def test_what_is_set_aside_twice_is_there_twice(store):
    for _ in range(2):
        path = store.record_path(digest("one"))
        path.write_bytes(b"torn")
        mend(store, inspect(store).harmful, nowhere)
    assert len(list((store.folder / ASIDE / "steps").iterdir())) == 2


def test_only_what_no_step_needs_is_collected(store):
    spare = store.object(digest("spare"))
    durable.make_folder(spare.parent)
    spare.write_text("x")
    shown = collect(store, None, remove=False)
    assert (shown.objects, shown.records) == ((spare,), ())
    assert spare.exists()
    collect(store, None, remove=True)
    assert not spare.exists()
    assert inspect(store).faults == []
    assert all(store.find(digest(name)) for name in NAMES)


def test_what_an_accepted_table_needs_stays_whole(store):
    gone = collect(store, {digest("two")}, remove=True)
    assert len(gone.records) == 2
    assert [one.title for one in store.records()] == ["two"]
    assert store.find(digest("two")) is not None
    assert inspect(store).faults == []


CONTENTS = st.sets(st.sampled_from("abcdef"), min_size=1)


@settings(max_examples=20)
@given(steps=st.dictionaries(st.sampled_from(NAMES), CONTENTS), accepted=st.sets(st.sampled_from(NAMES)))
def test_whatever_is_accepted_stays_whole_and_all_else_goes_once(tmp_path_factory, steps, accepted):
    folder = tmp_path_factory.mktemp("collected")
    store = Store(folder / "store")
    for name, letters in steps.items():
        files = {letter: folder / letter for letter in letters}
        for letter, path in files.items():
            path.write_text(letter)
        store.commit(record(name), files)
    keep = {digest(name) for name in accepted}
    collect(store, keep, remove=True)
    assert {one.title for one in store.records()} == accepted & set(steps)
    for name in accepted & set(steps):
        found = Store(store.folder).find(digest(name))
        assert found is not None
        assert {letter: store.path(found, letter).read_text() for letter in steps[name]} == {
            letter: letter for letter in steps[name]
        }
    assert inspect(store).faults == []
    again = collect(store, keep, remove=True)
    assert (again.records, again.objects, again.folders) == ((), (), ())


def test_nothing_is_collected_while_a_record_cannot_be_read(store):
    path = store.record_path(digest("one"))
    path.write_bytes(b"torn")
    with pytest.raises(InvalidEvidence):
        collect(store, None, remove=True)
    assert inspect(store).objects == 4
