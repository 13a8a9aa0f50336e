"""Be a child process: read a request, do it with the heavy wing, tell events through the pipe."""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.errors import HarnessError, MachineError
from harness.run.request import USED, Event, Failed, Finished, Progress
from harness.schema.frozen import Frozen

Tell = Callable[[Event], None]
R = TypeVar("R", bound=Frozen)
"""What the names of a child's own processor time, disk and memory begin with, as MLflow shows a machine's metrics."""
# The kernel counts input and output in blocks of 512 bytes.
BLOCKS_A_MB = 2**20 / 512


def serve(noun: type[R], task: Callable[[R, Tell], None]) -> None:
    """Do the request in the file that the command line names, telling events through its file descriptor, and exit.

    The two words of the command line are the request's file and the descriptor of the pipe.
    """
    asked, pipe = Path(sys.argv[1]), int(sys.argv[2])
    # Slurm's word that a task's time is nearly up goes to all of its processes; it is the parent who acts on it.
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    with os.fdopen(pipe, "w", buffering=1, encoding="utf-8") as events:
        usage = Usage()

        def tell(event: Event) -> None:
            if isinstance(event, Finished):
                event = event.model_copy(update={"metrics": {**event.metrics, **usage.since()}})
            events.write(event.model_dump_json() + "\n")

        try:
            task(noun.from_json(asked.read_bytes(), str(asked)), tell)
        except BrokenPipeError:
            sys.exit(1)
        except Exception as error:
            full = MachineError.of_disk(error) if isinstance(error, OSError) else MachineError.of_memory(error)
            told = full or error
            code = getattr(told, "exit_code", None)
            words = str(told) if code else f"{type(error).__name__}: {error}"
            tell(Failed(message=words, exit_code=code or HarnessError.exit_code))
            # Ends the process with its trace in the log.
            raise


def reporter(tell: Tell, task: str) -> Callable[[int, int], None]:
    """Return a callback that tells how many of how many are done."""
    return lambda done, total: tell(Progress(task=task, done=done, total=total))


class Usage:
    """Count what this process took of the machine, from one finished piece of work to the next."""

    def __init__(self) -> None:
        self.last = dict.fromkeys(self._now(), 0.0)

    def since(self) -> dict[str, float]:
        """Return what was taken since the last call, and the most memory that was ever held."""
        now, before = self._now(), self.last
        self.last = now
        taken = {name: value - before[name] for name, value in now.items()}
        return {**taken, f"{USED}peak_memory_megabytes": peak_mb()}

    @staticmethod
    def _now() -> dict[str, float]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            f"{USED}cpu_seconds": used.ru_utime + used.ru_stime,
            f"{USED}disk_read_megabytes": used.ru_inblock / BLOCKS_A_MB,
            f"{USED}disk_write_megabytes": used.ru_oublock / BLOCKS_A_MB,
        }


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
