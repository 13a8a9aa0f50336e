"""A full disk, a kill at any moment and a second process never leave half a file under a final name."""

import os
import re
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.record.store import Store
from tests.harness.nouns import digest, record

ROOT = Path(__file__).parents[3]
STEP = digest("step")

WORKER = """
import os, sys, time
from pathlib import Path
from harness.record.store import Store
from tests.harness.nouns import digest, record

folder, log = Path(sys.argv[1]), sys.argv[2]
store, step = Store(folder), digest("step")
with store.claim(step, on_wait=lambda: print("waits", flush=True)):
    if store.find(step) is None:
        with open(log, "a") as file:
            file.write(f"{os.getpid()}\\n")
        print("works", flush=True)
        time.sleep(float(sys.argv[3]))
        big = store.work(step) / "big"
        big.write_bytes(b"z" * 20_000_000)
        store.commit(record("step"), {"big": big})
    print(store.path(store.find(step), "big").stat().st_size, flush=True)
"""

SLOW_COPY = """
import harness.record.durable as durable

def copy(source, temporary):
    with source.open("rb") as bytes_in, temporary.open("wb") as bytes_out:
        while block := bytes_in.read(1 << 16):
            bytes_out.write(block)
            bytes_out.flush()
            time.sleep(0.005)

import time
durable.copy = copy
"""


def worker(tmp_path, seconds, prelude=""):
    return subprocess.Popen(
        [sys.executable, "-c", prelude + WORKER, str(tmp_path / "store"), str(tmp_path / "log"), str(seconds)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def assert_whole(store):
    """Every object is what its name says, every record is complete."""
    for path in store.folder.glob("objects/*/*"):
        assert sha256(path.read_bytes()).hexdigest() == path.name
    for path in store.folder.glob("steps/*"):
        assert re.fullmatch(r"[0-9a-f]{64}\.json", path.name)
        assert store.find(path.stem) is not None


def test_a_writer_killed_in_the_middle_leaves_only_scratch_and_the_next_one_finishes(tmp_path):
    store = Store(tmp_path / "store")
    victim = worker(tmp_path, 0, SLOW_COPY)
    partial = store.folder / "tmp" / STEP / "0"
    deadline = time.monotonic() + 20
    while not (partial.exists() and partial.stat().st_size > 1_000_000):
        assert time.monotonic() < deadline, "the writer never started to write"
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert partial.stat().st_size < 20_000_000
    assert store.find(STEP) is None
    assert list(store.folder.glob("objects/*/*")) == []
    assert worker(tmp_path, 0).communicate()[0].split() == ["works", "20000000"]
    assert not partial.parent.exists()
    assert_whole(store)


def test_two_processes_do_the_work_once(tmp_path):
    first = worker(tmp_path, 1.0)
    assert first.stdout is not None
    assert first.stdout.readline() == "works\n"
    second = worker(tmp_path, 1.0)
    late, early = (one.communicate()[0].split() for one in (second, first))
    assert (set(late[:-1]), late[-1], early) == ({"waits"}, "20000000", ["20000000"])
    assert len((tmp_path / "log").read_text().splitlines()) == 1
    assert_whole(Store(tmp_path / "store"))


def test_a_full_disk_is_named_and_leaves_the_store_as_it_was(small_disk):
    store = Store(small_disk / "store")
    kept = store.commit(record("first"), {"small": written(small_disk, "small", 100_000)})
    big = written(small_disk, "big", 2_500_000)
    with pytest.raises(HarnessError, match="free some space") as refused:
        store.commit(record("step"), {"a small one": small_disk / "small", "big": big})
    assert refused.value.exit_code == 50
    assert store.find(STEP) is None
    assert store.find(kept.step) == kept
    assert not (store.folder / "tmp" / STEP).exists()
    assert_whole(store)
    big.unlink()
    smaller = written(small_disk, "smaller", 500_000)
    assert store.commit(record("step"), {"smaller": smaller}) == store.find(STEP)


def test_a_disk_that_fills_at_the_record_leaves_no_record(tmp_path, monkeypatch):
    store = Store(tmp_path / "store")
    source = written(tmp_path, "small", 1000)

    def full(descriptor):
        if Path(f"/proc/self/fd/{descriptor}").readlink().name == "record":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HarnessError, match="No space left"):
        store.commit(record("step"), {"small": source})
    monkeypatch.undo()
    assert store.find(STEP) is None
    assert_whole(store)
    assert store.commit(record("step"), {"small": source}) == store.find(STEP)


def written(folder, name, size):
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of 4 MB; without the right to, this test says so."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no right to mount a small disk: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)
