"""A child process answers, fails or dies, and the parent always knows which."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.errors import HarnessError, InvalidEvidence, MachineError, UsageError
from harness.run import child
from harness.run.request import Finished, MirrorRequest, Progress
from tests.harness.miniature import MACHINE

REQUEST = MirrorRequest(store="s", tracker="", experiment="e", steps=())
DONE = Finished(index=0, files={"a": "b"}, metrics={"x": 1.0}, curves={"align": [2.5]})
HALF = Progress(task="train", done=1, total=2, note="loss 1.000")

SERVE = """
import os, sys, time
from pathlib import Path
from benchmarks.errors import InvalidData
from harness.errors import *
from harness.run.request import Finished, MirrorRequest, Progress
from harness.run.worker import serve
def task(request, tell):
    tell(Progress(task=request.experiment, done=1, total=2))
    {body}
serve(MirrorRequest, task)
"""

PARENT = """
import sys
from pathlib import Path
from harness.run import child
from harness.run.request import MirrorRequest
from harness.schema.machine import MachineSpec
sys.executable = sys.argv[1]
machine = MachineSpec.from_json(sys.argv[2], "test")
for event in child.run("train", MirrorRequest.from_json(sys.argv[3], "test"), machine, Path(sys.argv[4])):
    print(event.done, flush=True)
"""


@pytest.fixture
def impostor(tmp_path, monkeypatch):
    """Put a program in the place of every child; it is called with `-m MODULE REQUEST DESCRIPTOR`."""

    def put(code: str) -> Path:
        script = tmp_path / "impostor"
        script.write_text(f"#!{sys.executable}\nimport sys\ndel sys.argv[1:3]\n{code}")
        script.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(script))
        return script

    return put


def serving(body: str) -> str:
    return SERVE.replace("{body}", body)


def run(folder: Path) -> list:
    return list(child.run("train", REQUEST, MACHINE, folder / "work"))


def speaking(*lines: bytes, then: str = "") -> str:
    return f"import os, signal\npipe = int(sys.argv[2])\nos.write(pipe, {b''.join(lines)!r})\n{then}"


def said(event) -> bytes:
    return event.model_dump_json().encode() + b"\n"


def test_events_come_in_order_as_they_were_told(impostor, tmp_path):
    impostor(speaking(said(HALF), said(DONE)))
    assert run(tmp_path) == [HALF, DONE]


def test_a_child_reads_the_request_and_tells_through_the_pipe(impostor, tmp_path):
    impostor(serving("print('a library talks'); tell(Finished(index=3, files={}, metrics={}, curves={}))"))
    assert [type(event) for event in run(tmp_path)] == [Progress, Finished]
    assert (tmp_path / "work" / "log.txt").read_text() == "a library talks\n"


def test_what_each_piece_of_work_took_of_the_machine_is_told_with_it(impostor, tmp_path):
    done = "tell(Finished(index=0, files={}, metrics={'value': 1.0}, curves={}));"
    impostor(serving(f"{done} sum(range(10**6)); {done}"))
    pieces = [event.metrics for event in run(tmp_path) if isinstance(event, Finished)]
    assert [piece.pop("value") for piece in pieces] == [1.0, 1.0]
    assert {name.partition("/")[0] for piece in pieces for name in piece} == {"system"}
    assert all(value >= 0 for piece in pieces for value in piece.values())
    # What starting took belongs to the first.
    assert pieces[0]["system/cpu_seconds"] > 0


@pytest.mark.parametrize(
    ("body", "kind", "code", "words"),
    [
        ("raise UsageError('wrong use')", UsageError, 2, "^wrong use$"),
        ("raise UnknownName('encoder', 'clips', ['clip'])", UsageError, 2, "Did you mean 'clip'"),
        ("raise MachineError('no such processor')", MachineError, 3, "^no such processor$"),
        ("raise InvalidEvidence.digest('f', 'aa', 'bb', 'Restore.')", InvalidEvidence, 40, "expected sha256 aa"),
        ("raise InvalidData('a mirror is torn')", InvalidEvidence, 40, "^a mirror is torn$"),
        ("raise HarnessError('it broke')", HarnessError, 50, r"^it broke\. Its log: "),
        ("raise ZeroDivisionError('by zero')", HarnessError, 50, r"^ZeroDivisionError: by zero\. Its log: "),
        ("raise MemoryError", MachineError, 3, r"^out of memory: MemoryError.*machine\.micro_batch"),
    ],
)
def test_a_failing_child_fails_its_parent_with_its_exit_code(impostor, tmp_path, body, kind, code, words):
    impostor(serving(body))
    with pytest.raises(kind, match=words) as refusal:
        run(tmp_path)
    assert refusal.value.exit_code == code
    log = (tmp_path / "work" / "log.txt").read_text()
    assert "Traceback" in log


@pytest.mark.parametrize(
    "killed", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.stderr.write('oh no\\n'); sys.exit(7)"]
)
def test_a_child_that_dies_without_a_word_is_reported_with_its_last_words(impostor, tmp_path, killed):
    impostor(speaking(said(HALF), then=killed))
    told = child.run("train", REQUEST, MACHINE, tmp_path / "work")
    assert next(told) == HALF
    with pytest.raises(HarnessError, match=r"status (-9|7) without a word .*\n(oh no)?") as refusal:
        next(told)
    assert refusal.value.exit_code == 50


@pytest.mark.parametrize("cut", [1, 20, -1])
def test_a_word_that_death_cut_short_is_no_word(impostor, tmp_path, cut):
    impostor(speaking(said(HALF), said(DONE)[:cut], then="os.kill(os.getpid(), signal.SIGKILL)"))
    told = child.run("train", REQUEST, MACHINE, tmp_path / "work")
    assert next(told) == HALF
    with pytest.raises(HarnessError, match="without a word"):
        next(told)


def test_a_parent_that_stops_listening_ends_the_child(impostor, tmp_path):
    impostor(serving("tell(Progress(task=str(os.getpid()), done=2, total=2)); time.sleep(600)"))
    told = child.run("train", REQUEST, MACHINE, tmp_path / "work")
    next(told)
    pid = int(next(told).task)
    told.close()
    assert not alive(pid)


def test_the_death_of_the_parent_ends_the_child(impostor, tmp_path):
    """Kill the parent without warning: the child learns of it at its next word."""
    pid_file = tmp_path / "pid"
    script = impostor(
        serving(
            f"Path({str(pid_file)!r}).write_text(str(os.getpid()))\n"
            "    while True:\n"
            "        tell(Progress(task='t', done=1, total=2))\n"
            "        time.sleep(0.05)"
        )
    )
    words = (str(script), MACHINE.model_dump_json(), REQUEST.model_dump_json(), str(tmp_path / "work"))
    python = Path(sys.prefix) / "bin" / "python"
    parent = subprocess.Popen([python, "-c", PARENT, *words], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    for _ in range(5):
        assert parent.stdout.readline()
    pid = int(pid_file.read_text())
    assert alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        # A process that nobody has waited for yet is dead all the same.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_no_child_is_started_on_a_machine_that_cannot_run_it(impostor, tmp_path, monkeypatch):
    impostor("raise SystemExit('started')")
    monkeypatch.setattr("harness.run.processor.flags", frozenset)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(MachineError):
        list(child.run("train", REQUEST, MACHINE.model_copy(update={"instruction_set": "avx2"}), tmp_path / "work"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_no_module_of_the_folder_that_words_are_typed_in_is_run(tmp_path, monkeypatch):
    for name in ("json.py", "numpy.py", "harness.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger was run')")
    monkeypatch.chdir(tmp_path)
    asked = REQUEST.model_copy(update={"store": str(tmp_path / "store"), "tracker": f"sqlite:///{tmp_path}/mlflow.db"})
    # It has no step to show, and ends well.
    assert list(child.run("mirror", asked, MACHINE, tmp_path / "work")) == []
