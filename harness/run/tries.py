"""Note in the store's ledger what becomes of an attempt at some steps, whatever ends it, and try again."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeVar

from harness.errors import HarnessError, InvalidEvidence, MachineError, UsageError
from harness.record import attempts
from harness.record.attempts import Outcome
from harness.record.store import Store
from harness.run.diverged import DivergedTraining
from harness.run.step import Step

T = TypeVar("T")


def tried(task: Callable[[], T], retries: int, say: Callable[[str], None]) -> T:
    """Do a task, and again after a failure without a reason of its own, such as a killed process or a full disk.

    Raises:
        HarnessError: it failed once more than it may be tried again, or for a reason that another try would meet too:
            wrong use, a machine that cannot run it, damaged evidence, a training that diverged.
    """
    for left in range(retries, -1, -1):
        try:
            return task()
        except (UsageError, MachineError, InvalidEvidence, DivergedTraining):
            raise
        except HarnessError as error:
            if not left:
                raise
            say(f"failed, {left} more tries: {error}")
    raise AssertionError("the last try returns or raises")


class Tries:
    """Hold one attempt at each of some steps, which this process has claimed.

    The steps of one attempt are done one after the other, so the seconds of one count from the end of the one before.
    """

    def __init__(self, store: Store, steps: Sequence[Step]):
        self.path = store.folder / attempts.NAME
        self.numbers = {step: store.attempt(step.digest) for step in steps}
        self.waiting = list(steps)
        self.last = time.monotonic()

    def __enter__(self) -> "Tries":
        self._note(self.waiting, "started")
        return self

    def close(self, step: Step, outcome: Outcome) -> None:
        """Note how one step ended."""
        self.waiting.remove(step)
        now = time.monotonic()
        self._note([step], outcome, seconds=now - self.last)
        self.last = now

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What no step of our own raised (Ctrl-C, a closed generator) stopped the attempt without anything failing.
        outcome = "failed" if isinstance(error, Exception) else "stopped"
        why = f"{type(error).__name__}: {error}" if error else "the process ended before it was asked"
        self._note(self.waiting, outcome, why, time.monotonic() - self.last)

    def _note(self, steps: Sequence[Step], outcome: Outcome, why: str = "", seconds: float = 0.0) -> None:
        if steps:
            # The time that several steps share is counted once.
            shares = [seconds, *[0.0] * (len(steps) - 1)]
            attempts.append(
                self.path,
                [
                    attempts.line(step.digest, step.kind, step.title, self.numbers[step], outcome, why, share)
                    for step, share in zip(steps, shares, strict=True)
                ],
            )
