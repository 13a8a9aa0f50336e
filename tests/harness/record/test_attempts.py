"""The ledger of attempts: every line stays, a torn end is named, what cannot be read is refused."""

import multiprocessing
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import HarnessError, InvalidEvidence
from harness.record import attempts
from harness.record.attempts import Attempt

WRITERS, LINES = 4, 25


def line(word: str = "a", outcome: attempts.Outcome = "failed", why: str = "") -> Attempt:
    return attempts.line(sha256(word.encode()).hexdigest(), "train", f"train {word}", 1, outcome, why, 1.5)


@pytest.fixture
def ledger(tmp_path) -> Path:
    return tmp_path / attempts.NAME


def test_a_ledger_that_is_not_there_is_empty(ledger):
    assert attempts.read(ledger) == attempts.Attempts((), ())


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_what_is_appended_is_read_back_in_order(tmp_path_factory, reasons):
    ledger = tmp_path_factory.mktemp("ledger") / attempts.NAME
    lines = [line(why=why) for why in reasons]
    attempts.append(ledger, lines[:1])
    attempts.append(ledger, lines[1:])
    assert attempts.read(ledger).lines == tuple(lines)


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_a_torn_last_line_is_named_before_and_after_somebody_else_appends(ledger, cut):
    attempts.append(ledger, [line("a"), line("b")])
    whole = ledger.read_bytes()
    last = whole.splitlines()[1]
    ledger.write_bytes(whole[: whole.index(last)] + last[:cut])
    assert [one.title for one in attempts.read(ledger).lines] == ["train a"]
    assert attempts.read(ledger).torn == (f"{ledger}, line 2",)
    assert attempts.read(ledger, {line("a").step}).torn == (f"{ledger}, line 2",)
    attempts.append(ledger, [line("c")])
    found = attempts.read(ledger)
    assert [one.title for one in found.lines] == ["train a", "train c"]
    assert found.torn == (f"{ledger}, line 2",)


def test_a_line_in_the_middle_that_cannot_be_read_is_refused(ledger):
    attempts.append(ledger, [line("a"), line("b")])
    first, second = ledger.read_bytes().splitlines()
    ledger.write_bytes(first[:-5] + b"\n" + second + b"\n")
    with pytest.raises(InvalidEvidence, match="line 1"):
        attempts.read(ledger)


def test_a_newer_version_is_refused(ledger):
    attempts.append(ledger, [line("a")])
    ledger.write_bytes(ledger.read_bytes().replace(b'"version":1', b'"version":2'))
    with pytest.raises(InvalidEvidence, match="line 1 is of version 2"):
        attempts.read(ledger)


def _write(ledger: Path, writer: int) -> None:
    for number in range(LINES):
        attempts.append(ledger, [line(f"{writer} {number}")])


def test_many_writers_lose_nothing(ledger):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(ledger, number)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    titles = [one.title for one in attempts.read(ledger).lines]
    assert len(titles) == len(set(titles)) == WRITERS * LINES
    for writer in range(WRITERS):
        assert [title for title in titles if title.startswith(f"train {writer} ")] == [
            f"train {writer} {number}" for number in range(LINES)
        ]


@pytest.mark.skipif(not shutil.which("mount"), reason="needs mount")
def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("not allowed to mount a small disk")
    try:
        ledger = tmp_path / attempts.NAME
        attempts.append(ledger, [line("a")])
        before = ledger.read_bytes()
        with pytest.raises(HarnessError, match="could not add"):
            attempts.append(ledger, [line("b", why="x" * 200_000)])
        assert ledger.read_bytes() == before
        attempts.append(ledger, [line("c")])
        assert [one.title for one in attempts.read(ledger).lines] == ["train a", "train c"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
