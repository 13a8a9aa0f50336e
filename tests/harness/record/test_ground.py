"""A store is refused, and left alone, where a newer program wrote it or its disk cannot keep it safe."""

import errno
import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from harness.errors import InvalidEvidence, MachineError
from harness.record import ground
from harness.record.store import Store
from tests.harness.nouns import digest, record

STEP = digest("step")


def finish(folder: Path) -> Store:
    """Keep one step in a store."""
    store = Store(folder)
    with store.claim(STEP):
        source = store.work(STEP) / "answers"
        source.write_text("some bytes")
        store.commit(record("step"), {"answers": source})
    return store


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_the_first_who_works_in_a_store_says_its_format(tmp_path):
    folder = finish(tmp_path / "store").folder
    assert (folder / ground.NAME).read_bytes() == b'{"format":1}\n'
    assert [name for name in names(folder) if ".try-" in name or name.startswith(".")] == []


def test_a_store_from_before_there_were_formats_is_known(tmp_path):
    folder = finish(tmp_path / "store").folder
    (folder / ground.NAME).unlink()
    assert Store(folder).find(STEP) is not None


@pytest.mark.parametrize("said", ['{"format":2}', '{"format":"1"}', '{"format":0}', "{}", "[]", '{"form'])
def test_a_store_of_another_format_is_refused_and_left_alone(tmp_path, said):
    folder = finish(tmp_path / "store").folder
    (folder / ground.NAME).write_text(said)
    before = names(folder)
    with pytest.raises(InvalidEvidence, match="format"):
        Store(folder)
    with pytest.raises(InvalidEvidence, match="format"):
        ground.demand_fit(folder)
    assert (names(folder), (folder / ground.NAME).read_text()) == (before, said)


def _no_locks(descriptor: int, operation: int) -> None:
    """Answer as a mount without locks does."""
    raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))


def _locks_that_hold_nobody(descriptor: int, operation: int) -> None:
    """Answer as a network mount whose locks stay on one machine does to another machine."""


def _no_links(*names: object, **options: object) -> None:
    """Answer as FAT does."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.parametrize(
    ("module", "call", "instead", "named"),
    [
        (fcntl, "flock", _no_locks, "Function not implemented"),
        (fcntl, "flock", _locks_that_hold_nobody, "it does not"),
        (os, "symlink", _no_links, "a symbolic link is one"),
    ],
)
def test_a_file_system_that_does_not_keep_its_word_is_refused_before_anything_is_written(
    tmp_path, monkeypatch, module: object, call: str, instead: Callable[..., None], named: str
):
    monkeypatch.setattr(module, call, instead)
    with pytest.raises(MachineError, match=named) as refused:
        finish(tmp_path / "store")
    assert str(tmp_path / "store") in str(refused.value)
    assert names(tmp_path / "store") == []


@pytest.fixture
def bucket(tmp_path) -> Iterator[Path]:
    """Mount a folder as object storage is mounted: whole files alone, no links."""
    if shutil.which("rclone") is None or shutil.which("fusermount3") is None:
        pytest.skip("no mount of object storage: apt-get install rclone fuse3")
    behind, place = tmp_path / "behind", tmp_path / "bucket"
    behind.mkdir()
    place.mkdir()
    command = ["rclone", "mount", "--config=", f":local:{behind}", str(place)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not place.is_mount():
            if process.poll() is not None:
                pytest.skip("no right to mount object storage")
            time.sleep(0.05)
        yield place
    finally:
        subprocess.run(["fusermount3", "-u", str(place)], capture_output=True)
        process.wait()


def test_a_store_on_object_storage_is_refused_by_name_and_nothing_is_written(bucket):
    with pytest.raises(MachineError, match="a file system on which a store is not safe") as refused:
        finish(bucket / "store")
    assert str(bucket / "store") in str(refused.value)
    assert names(bucket) == ["store"]


def test_a_read_only_store_can_be_looked_at_and_is_not_written(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True).returncode:
        pytest.skip("no right to mount a disk")
    try:
        folder = finish(place / "store").folder
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        before, store = names(folder), Store(folder)
        assert store.find(STEP) is not None
        with pytest.raises(MachineError, match="read-only"), store.claim(digest("another")):
            pytest.fail("a step was claimed on a read-only disk")
        assert names(folder) == before
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_many_first_ones_at_once_say_the_same(tmp_path):
    """Slots of one sweep are threads: they have one process number between them, as containers of two machines may."""
    eager = 8

    def work(folder: Path) -> None:
        together.wait()
        ground.demand_fit(folder)

    for number in range(10):
        folder, together = tmp_path / str(number), Barrier(eager)
        with ThreadPoolExecutor(eager) as pool:
            list(pool.map(work, [folder] * eager))
        assert names(folder) == [ground.NAME]
