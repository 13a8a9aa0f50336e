"""What doctor says of a machine: every bad state fails or warns, and comes with what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.cli import diagnosis
from harness.record.devices import Devices, Gpu

H100 = Gpu("NVIDIA H100 80GB HBM3", (9, 0), 80 * 2**30, 79 * 2**30, False, True, ())
GOOD = Devices("580.65.06", (13, 0), (H100,))


def with_gpu(**changes):
    return replace(GOOD, gpus=(replace(H100, **changes),))


def states(findings):
    assert all(one.remedy for one in findings if one.state != "pass"), "a fault without a remedy"
    return {one.what: one.state for one in findings}


def test_a_good_gpu_passes_everywhere():
    assert set(states(diagnosis.gpus(GOOD, 1, [H100.name])).values()) == {"pass"}
    assert diagnosis.driver(GOOD, True).state == "pass"


@pytest.mark.parametrize(("driver", "state"), [("579.99", "fail"), ("580.65.06", "pass"), ("610.1", "pass")])
def test_the_driver_is_held_against_cuda(driver, state):
    assert states([diagnosis.driver(replace(GOOD, driver=driver), True)]) == {"GPU driver": state}


def test_an_old_driver_only_warns_where_no_gpu_is_used():
    assert diagnosis.driver(replace(GOOD, driver="470.1"), False).state == "warn"


def test_no_driver_fails_only_where_one_is_needed():
    assert (diagnosis.driver(None, True).state, diagnosis.driver(None, False).state) == ("fail", "pass")
    assert states(diagnosis.gpus(None, 1, [])) == {"GPU": "fail"}
    assert states(diagnosis.gpus(None, 0, [])) == {"GPU": "pass"}


@pytest.mark.parametrize(
    ("changes", "what", "state"),
    [
        ({"capability": (7, 5)}, "GPU class", "fail"),
        ({"name": "NVIDIA A100-SXM4-80GB"}, "GPU class", "warn"),
        ({"mig": True}, "MIG", "warn"),
        ({"mig": None}, "MIG", "pass"),
        ({"free": 10 * 2**30}, "GPU memory", "fail"),
        ({"slowed": ("power brake",)}, "GPU clocks", "warn"),
    ],
)
def test_a_fault_of_a_gpu_is_named(changes, what, state):
    assert states(diagnosis.gpus(with_gpu(**changes), 1, [H100.name]))[what] == state


def test_too_few_gpus_are_counted():
    (line,) = diagnosis.gpus(GOOD, 8, [])
    assert (line.state, line.found) == ("fail", "1 of 8")


def test_dockers_own_shared_memory_is_enough_for_a_cpu_only():
    assert diagnosis.shared_memory(64 * 2**20, "cpu").state == "pass"
    assert diagnosis.shared_memory(64 * 2**20, "cuda").state == "fail"


@pytest.mark.parametrize(
    ("free", "writable", "needed", "state"),
    [(3, True, True, "pass"), (1, True, True, "fail"), (3, False, True, "fail"), (3, False, False, "warn")],
)
def test_a_disk_that_is_full_or_takes_nothing_is_no_place_for_results(tmp_path, free, writable, needed, state):
    line = diagnosis.disk(free * 2**30, tmp_path, writable, needed)
    assert states([line]) == {"disk for the store": state}


def test_a_clock_behind_the_reference_fails():
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert diagnosis.clock(now, None).state == "pass"
    assert diagnosis.clock(now, now - timedelta(days=1)).state == "pass"
    assert "set the clock" in diagnosis.clock(now, now + timedelta(days=1)).remedy


@pytest.mark.parametrize(
    ("digest", "built_from", "lock", "here", "state"),
    [
        (None, None, None, "aa", "pass"),
        ("sha256:d", "s" * 64, "sha256:aa", "aa", "pass"),
        (None, "s" * 64, "sha256:aa", "aa", "warn"),
        ("sha256:d", "s" * 64, "sha256:bb", "aa", "fail"),
        ("sha256:d", "s" * 64, "sha256:bb", None, "fail"),
    ],
)
def test_an_image_is_held_against_its_lock(digest, built_from, lock, here, state):
    line = diagnosis.image(digest, built_from, lock, here)
    assert states([line]) == {"image": state}


def test_a_cache_without_a_pinned_revision_says_which(tmp_path):
    commit, other = "a" * 40, "b" * 40
    (tmp_path / "datasets--owner--name" / "snapshots" / commit).mkdir(parents=True)
    assert diagnosis.hub_cache(tmp_path, [("owner/name", commit)]).state == "pass"
    line = diagnosis.hub_cache(tmp_path, [("owner/name", commit), ("owner/name", other)])
    assert (line.state, line.found) == ("warn", f"1 of 2 absent: owner/name@{other[:7]}")


def test_a_mirror_that_is_not_drawn_is_no_fault(tmp_path):
    assert diagnosis.drawn(tmp_path).state == "pass"
    assert diagnosis.drawn(tmp_path / "absent").state == "warn"
    assert diagnosis.drawn(None).state == "warn"
