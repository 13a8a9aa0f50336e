"""The version names the stack: project, set of packages, head of the lock's digest."""

from hashlib import sha256

import pytest

from harness import __version__
from harness.config import locks
from harness.config.places import ROOT
from harness.errors import UsageError


@pytest.mark.parametrize("name", locks.SETS)
def test_a_set_has_a_lock_with_pins(name):
    assert locks.pins(name)["numpy"] == locks.pins("cpu")["numpy"]
    assert locks.lock_digest(name) == sha256((ROOT / "requirements" / f"{name}.lock").read_bytes()).hexdigest()


def test_the_version_changes_with_the_set(monkeypatch):
    seen = set()
    for name in locks.SETS:
        monkeypatch.setenv(locks.SET_VARIABLE, name)
        seen.add(locks.full_version())
        assert locks.full_version() == f"{__version__}+{name}.{(locks.lock_digest(name) or '')[:12]}"
    assert len(seen) == len(locks.SETS)


def test_what_is_installed_tells_the_set(monkeypatch):
    monkeypatch.delenv(locks.SET_VARIABLE, raising=False)
    assert locks.followed() in locks.SETS


def test_a_set_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv(locks.SET_VARIABLE, "tpu")
    with pytest.raises(UsageError, match="Known: gpu, cpu, audit"):
        locks.followed()
