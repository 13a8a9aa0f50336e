"""A training that was killed while it loaded compiled operators locks nobody out."""

import os
import time
from threading import Timer

import pytest

from harness.train.compiled import free_abandoned


def held(folder, name: str, age_s: float, compiled: bool = True):
    """Make a folder of a compiled operator whose lock is so old."""
    (folder / name).mkdir(parents=True)
    if compiled:
        (folder / name / f"{name}.so").touch()
    lock = folder / name / "lock"
    lock.touch()
    os.utime(lock, (time.time() - age_s,) * 2)
    return lock


def test_a_lock_that_is_older_than_its_owner_needs_is_removed(tmp_path):
    lock = held(tmp_path, "shm", 301)
    assert free_abandoned(tmp_path) == [lock]
    assert not lock.exists()


@pytest.mark.parametrize(("compiled", "removed"), [(True, True), (False, False)])
def test_an_owner_that_still_compiles_is_given_more_time(tmp_path, compiled, removed):
    lock = held(tmp_path, "shm", 301, compiled)
    # The owner that compiles is done soon after.
    Timer(0.2, lambda: lock.unlink(missing_ok=True)).start()
    assert bool(free_abandoned(tmp_path)) == removed


def test_a_lock_that_its_owner_gives_back_is_waited_for(tmp_path):
    lock = held(tmp_path, "shm", 0)
    Timer(0.2, lock.unlink).start()
    assert free_abandoned(tmp_path) == []
    assert not lock.exists()


def test_a_folder_that_is_not_there_holds_nothing(tmp_path):
    assert free_abandoned(tmp_path / "none") == []
