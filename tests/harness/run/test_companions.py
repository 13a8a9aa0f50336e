"""The processes of one training start together, speak with one voice, and end together."""

import sys
from pathlib import Path

import pytest

from harness.errors import HarnessError, UsageError
from harness.run import child
from harness.run.request import Finished, MirrorRequest, Progress
from tests.harness.miniature import MACHINE

REQUEST = MirrorRequest(store="s", tracker="", experiment="e", steps=())
PAIR = MACHINE.model_copy(update={"devices": 2})
TOLD = Progress(task="train", done=1, total=2)
DONE = Finished(index=0, files={}, metrics={}, curves={})

SERVE = """
import os, signal, sys, time
from pathlib import Path
from harness.errors import *
from harness.run.request import Finished, MirrorRequest, Progress
from harness.run.worker import serve
rank, here = int(os.environ["RANK"]), Path(sys.argv[1]).parent
def task(request, tell):
    tell(Progress(task="train", done=1, total=2))
    (here / f"rank-{rank}").write_text(" ".join([os.environ["WORLD_SIZE"], os.environ["HARNESS_MEETING"]]))
    if rank == 0:
        {first}
    else:
        {other}
    tell(Finished(index=0, files={}, metrics={}, curves={}))
serve(MirrorRequest, task)
"""


@pytest.fixture
def both(tmp_path, monkeypatch):
    """Put a program in the place of the training: what the first process does, and what the other."""

    def put(first: str = "pass", other: str = "pass") -> None:
        script, code = tmp_path / "impostor", SERVE.replace("{first}", first).replace("{other}", other)
        script.write_text(f"#!{sys.executable}\nimport sys\ndel sys.argv[1:3]\n{code}")
        script.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(script))

    return put


def run(folder: Path, machine=PAIR) -> list:
    return told(child.run("train", REQUEST, machine, folder / "work"))


def told(events) -> list:
    """List what was told, without what the work took of the machine."""
    return [one.model_copy(update={"metrics": {}}) if isinstance(one, Finished) else one for one in events]


def test_each_process_knows_its_rank_and_the_first_alone_is_heard(both, tmp_path):
    both()
    assert run(tmp_path) == [TOLD, DONE]
    knew = [(tmp_path / "work" / f"rank-{rank}").read_text().split() for rank in (0, 1)]
    assert knew[0] == knew[1]
    assert knew[0][0] == "2"
    assert Path(knew[0][1]).parent == tmp_path / "work"


def test_two_starts_never_meet_at_one_place(both, tmp_path):
    both()
    places = set()
    for _ in range(2):
        run(tmp_path)
        places.add((tmp_path / "work" / "rank-0").read_text())
    assert len(places) == 2


def test_a_lost_process_ends_the_first_which_would_wait_for_it(both, tmp_path):
    both(first="time.sleep(600)", other="os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(HarnessError, match=r"process 1 of the training ended with status -9 without a word") as refusal:
        run(tmp_path)
    assert refusal.value.exit_code == 50


def test_the_failure_of_another_process_is_reported_as_its_own_kind(both, tmp_path):
    both(first="time.sleep(600)", other="raise UsageError('no such layout')")
    with pytest.raises(UsageError, match=r"^no such layout$"):
        run(tmp_path)


def test_the_failure_of_the_first_process_ends_the_other(both, tmp_path):
    both(
        first="raise HarnessError('it broke')",
        other=f"Path({str(tmp_path)!r}, 'pid').write_text(str(os.getpid())); time.sleep(600)",
    )
    with pytest.raises(HarnessError, match="it broke"):
        run(tmp_path)
    pid = tmp_path / "pid"
    assert not pid.exists() or not Path(f"/proc/{pid.read_text()}").exists()


def test_a_parent_that_stops_listening_ends_all(both, tmp_path):
    both(first="time.sleep(600)", other="time.sleep(600)")
    events = child.run("train", REQUEST, PAIR, tmp_path / "work")
    assert next(events) == TOLD
    events.close()
    assert not [one for one in Path("/proc").iterdir() if _command(one) == str(tmp_path / "impostor")]


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return words[1].decode() if len(words) > 1 else ""


def test_a_task_other_than_training_starts_one_process(both, tmp_path, monkeypatch):
    both()
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "1")
    monkeypatch.setenv("HARNESS_MEETING", "none")
    assert told(child.run("mirror", REQUEST, PAIR, tmp_path / "work")) == [TOLD, DONE]
    assert not (tmp_path / "work" / "rank-1").exists()
