"""Start the processes of a training that lies on several devices, and end all of them together.

The first one speaks for all. The others are told apart by `RANK` and meet it at a file that is new for every start, so
that what a killed run left behind is never taken for a process of this one. Each speaks into a pipe of its own, of
which only a failure is listened to; the pipes also end them when the parent dies. When one fails, the first is ended,
for it would wait for the lost one until its patience runs out; the failure that came first is the one to report.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from uuid import uuid4

from harness.run.request import EVENT, Failed
from harness.schema.machine import MEETING

TORCHRUN = "TORCHELASTIC_RUN_ID"
"""The variable by which torchrun's processes know that they are its."""
PATIENCE_S = 60.0
"""What the others may take to end after the first has: they have nothing left to do."""


def environments(settings: dict[str, str], count: int, folder: Path) -> list[dict[str, str]]:
    """Return the environment of each of `count` processes; the meeting place lies in `folder`.

    Where torchrun has started them (nodes.py), each is one already and knows where the others are.
    """
    if TORCHRUN in settings:
        # Not through torchrun's own store: it still holds what an earlier training of this command said there.
        port = str(int(settings["MASTER_PORT"]) + 1)
        return [{**settings, "TORCHELASTIC_USE_AGENT_STORE": "False", "MASTER_PORT": port}]
    if count == 1:
        return [settings]
    meeting = str(folder / f"meeting-{uuid4().hex}")
    ranks = ({"RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(count))
    return [{**settings, **rank, "WORLD_SIZE": str(count), MEETING: meeting} for rank in ranks]


class Companions:
    """Hold all processes of a training but the first."""

    def __init__(
        self,
        words: Sequence[str],
        settings: Sequence[Mapping[str, str]],
        log: Path,
        first: subprocess.Popen[bytes],
    ):
        self.first, self.failure, self.over = first, None, False
        self._pairs = [self._start(number, words, one, log) for number, one in enumerate(settings, start=1)]

    failure: Failed | None

    def _start(
        self, number: int, words: Sequence[str], settings: Mapping[str, str], log: Path
    ) -> tuple[subprocess.Popen[bytes], Thread]:
        reading, writing = os.pipe()
        with log.with_stem(f"{log.stem}-{number}").open("ab") as output:
            process = subprocess.Popen(
                [*words, str(writing)],
                env=dict(settings),
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,
            )
        os.close(writing)
        thread = Thread(target=self._listen, args=(number, process, reading), daemon=True)
        thread.start()
        return process, thread

    def _listen(self, number: int, process: subprocess.Popen[bytes], reading: int) -> None:
        """Wait for one process; when it fails while the work goes on, keep why and end the first."""
        said = None
        with os.fdopen(reading, "rb") as events:
            for line in events:
                event = EVENT.validate_json(line) if line.endswith(b"\n") else None
                if isinstance(event, Failed):
                    said = event
        code = process.wait()
        if not code or self.over:
            return
        lost = Failed(message=f"process {number} of the training ended with status {code} without a word", exit_code=50)
        self.failure = self.failure or said or lost
        self.first.terminate()

    def end(self, well: bool) -> None:
        """Wait for all of them where the first ended well, end them where it did not."""
        self.over = self.over or not well
        for process, thread in self._pairs:
            if not well:
                process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            thread.join()
