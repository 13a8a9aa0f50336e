"""Run one request in a process of its own: what a step does must not depend on what ran before it.

Threads and instruction sets are fixed in the child's environment, its memory goes back when it ends, and whatever its
libraries print goes to a log. Events come back line by line through a pipe; when the parent dies the pipe breaks, and
the child stops at its next word. A child stands in a process group of its own, so that a Ctrl-C reaches the parent
alone, who ends it and knows why it ended.
"""

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Literal

from harness.errors import HarnessError, InvalidEvidence, MachineError, UsageError
from harness.run import companions
from harness.run.processor import environment
from harness.run.request import EVENT, Failed, Finished, Progress
from harness.schema.frozen import Frozen
from harness.schema.machine import MachineSpec

LAST_WORDS = 12
Task = Literal["train", "predict", "pretrain", "gauge", "mirror", "convert", "plan", "attend", "rank", "probe"]
_running: set[subprocess.Popen[bytes]] = set()


def run(
    task: Task, request: Frozen, machine: MachineSpec, folder: Path, devices: str | None = None
) -> Generator[Progress | Finished, None, None]:
    """Run a request and yield what it tells; the request and the log stand in `folder`.

    `devices` are the GPUs that the child may see, as `CUDA_VISIBLE_DEVICES` writes them; None leaves that as it is.

    Raises:
        MachineError: this machine cannot run the child.
        HarnessError: of the kind that the child met, or that it died without a word (killed, out of memory).
    """
    settings = environment(machine)
    if devices is not None:
        settings["CUDA_VISIBLE_DEVICES"] = devices
    folder.mkdir(parents=True, exist_ok=True)
    asked, log = folder / "request.json", folder / "log.txt"
    asked.write_text(request.model_dump_json())
    words = [sys.executable, "-m", f"harness.run.{task}_task", str(asked)]
    own, *others = companions.environments(settings, machine.devices if task == "train" else 1, folder)
    reading, writing = os.pipe()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*words, str(writing)],
            env=own,
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    os.close(writing)
    _running.add(process)
    beside = companions.Companions(words, others, log, process)
    failure: Failed | None = None
    try:
        with os.fdopen(reading, "rb") as events:
            for line in events:
                # Death may cut the last word short; what it said is then worth nothing.
                if not line.endswith(b"\n"):
                    break
                event = EVENT.validate_json(line)
                if isinstance(event, Failed):
                    failure = event
                else:
                    yield event
        process.wait()
    finally:
        # Also when the reader stops early (Ctrl-C): no orphan goes on computing.
        if process.poll() is None:
            process.terminate()
            process.wait()
        _running.discard(process)
        beside.end(well=process.returncode == 0)
    # A process that is lost takes the first one with it; what the first then says is an echo.
    failure = beside.failure or failure
    if failure is not None:
        raise _error(failure, log)
    if process.returncode:
        raise HarnessError(
            f"the {task} process ended with status {process.returncode} without a word "
            f"(killed, or out of memory). Its log: {log}\n{_tail(log)}"
        )


def end_all() -> None:
    """End every child of this process; whoever listens to one learns that it died."""
    for process in list(_running):
        process.terminate()


def _error(failure: Failed, log: Path) -> HarnessError:
    kinds = {2: UsageError, 3: MachineError, 40: InvalidEvidence}
    if failure.exit_code in kinds:
        return kinds[failure.exit_code](failure.message)
    return HarnessError(f"{failure.message}. Its log: {log}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LAST_WORDS:])
