"""Share jobs among this process and copies of it, one a processor; whatever a copy does not bring is done here.

A copy is forked, so it starts at once with everything that is loaded, and only results travel. It takes the next job as
it has done one, so that jobs of any sizes end together. It tells of no error: a job that fails in a copy, or is lost
with it, is done again here, where it fails or not as it would have without a crew.
"""

import os
import signal
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST = 4
"""Processes that share work: the results of more would come faster than one process reads them."""
_PLACE = struct.Struct("=I")


def hands() -> int:
    """Return how many processors this process may use, as far as a crew makes use of them."""
    return min(MOST, len(os.sched_getaffinity(0)))


def shared(jobs: Sequence[Job], work: Callable[[Job], Result], processes: int) -> list[Result]:
    """Do jobs that do not depend on each other, and return their results in the jobs' order.

    `work` must draw nothing on the screen: the copies would draw over each other. Any error is that of the first job
    that fails; Ctrl-C ends the copies.
    """
    if processes < 2 or len(jobs) < 2:
        return [work(job) for job in jobs]
    queue = _queue(len(jobs))
    copies: list[_Copy] = []
    done: dict[int, Result] = {}
    try:
        copies += [_Copy.of(queue, jobs, work) for _ in range(min(processes, len(jobs)) - 1)]
        with suppress(Exception):
            for place in _taken(queue):
                done[place] = work(jobs[place])
        for copy in copies:
            done |= copy.brought()
    finally:
        os.close(queue)
        for copy in copies:
            copy.end()
    return [done[place] if place in done else work(job) for place, job in enumerate(jobs)]


def _queue(count: int) -> int:
    """Return the reading end of a pipe that holds the jobs' numbers: whoever reads one has the job for itself."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(map(_PLACE.pack, range(count))))
    os.close(writing)
    return reading


def _taken(queue: int) -> Iterator[int]:
    while number := os.read(queue, _PLACE.size):
        yield _PLACE.unpack(number)[0]


@dataclass(frozen=True, slots=True)
class _Copy:
    """Hold a forked copy of this process: its number, and the pipe on which it sends what it has done."""

    pid: int
    results: Connection

    @classmethod
    def of(cls, queue: int, jobs: Sequence[Any], work: Callable[[Any], Any]) -> "_Copy":
        """Fork, and let the copy work."""
        reading, writing = Pipe(duplex=False)
        pid = os.fork()
        if pid:
            writing.close()
            return cls(pid, reading)
        # Never back into the caller, whatever happens: from here on there are two of it.
        with suppress(BaseException):
            _serve(writing, queue, jobs, work)
        os._exit(0)

    def brought(self) -> dict[int, Any]:
        """Wait for the results; a copy that was ended brings none."""
        with suppress(EOFError, OSError):
            return self.results.recv()
        return {}

    def end(self) -> None:
        """End the copy, if it has not ended, and let the system forget it."""
        self.results.close()
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _serve(writing: Connection, queue: int, jobs: Sequence[Any], work: Callable[[Any], Any]) -> None:
    # Ctrl-C reaches every process of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    done = {}
    with suppress(Exception):
        for place in _taken(queue):
            done[place] = work(jobs[place])
    writing.send(done)
