"""Be a child process: read a request, do it with the heavy wing, tell events through the pipe."""

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from harness.errors import HarnessError, MachineError
from harness.run.request import Event, Failed, Progress
from harness.schema.frozen import Frozen

Tell = Callable[[Event], None]
R = TypeVar("R", bound=Frozen)


def serve(noun: type[R], task: Callable[[R, Tell], None]) -> None:
    """Do the request in the file that the command line names, telling events through its file descriptor, and exit.

    The two words of the command line are the request's file and the descriptor of the pipe.
    """
    asked, pipe = Path(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(pipe, "w", buffering=1, encoding="utf-8") as events:

        def tell(event: Event) -> None:
            events.write(event.model_dump_json() + "\n")

        try:
            task(noun.from_json(asked.read_bytes(), str(asked)), tell)
        except BrokenPipeError:
            sys.exit(1)
        except Exception as error:
            told = (MachineError.of_disk(error) if isinstance(error, OSError) else None) or error
            code = getattr(told, "exit_code", None)
            words = str(told) if code else f"{type(error).__name__}: {error}"
            tell(Failed(message=words, exit_code=code or HarnessError.exit_code))
            # Ends the process with its trace in the log.
            raise


def reporter(tell: Tell, task: str) -> Callable[[int, int], None]:
    """Return a callback that tells how many of how many are done."""
    return lambda done, total: tell(Progress(task=task, done=done, total=total))


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
