"""Name every way in which the harness refuses, and the exit code each one ends in.

```
HarnessError                      50   something failed that should not have: a crash of a step, a full disk
├── UsageError                     2   the caller asked for something that does not exist or cannot be
│   └── UnknownName                2   an unknown encoder, benchmark, recipe key or subset, with the nearest known names
├── MachineError                   3   this machine cannot run what was asked
└── InvalidEvidence               40   a file is absent, truncated, edited or incomplete; nothing was overwritten
```

A message says what was expected, what came, where it came from and what to do.
"""

import errno
import os
from collections.abc import Iterable
from difflib import get_close_matches


class HarnessError(Exception):
    """Stand at the root of every refusal of the harness."""

    exit_code = 50


class UsageError(HarnessError):
    """Refuse a request that is wrong in itself."""

    exit_code = 2


class UnknownName(UsageError):
    """Refuse a name that is in no table, and offer the nearest known one.

    The message lists all that are known, or those that are `shown` where they are too many to read.
    """

    def __init__(self, kind: str, came: str, known: Iterable[str], shown: Iterable[str] | None = None):
        names = list(known)
        near = get_close_matches(came, names, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        super().__init__(f"no {kind} '{came}'.{hint} Known: {', '.join(names if shown is None else shown)}")


class MachineError(HarnessError):
    """Refuse work that this machine cannot do."""

    exit_code = 3

    @classmethod
    def of_disk(cls, error: OSError) -> "MachineError | None":
        """Build the refusal of a disk that takes nothing more, from what the system said; None for any other error."""
        where = error.filename or "the results' folder"
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                return cls(
                    f"no room left for {where}: {error.strerror}. Free some, or name another disk: HARNESS_STORE"
                )
            case errno.EROFS:
                return cls(
                    f"{where} lies on a disk that is mounted read-only. In a container, mount a folder at /results"
                )
            case errno.EACCES | errno.EPERM:
                return cls(
                    f"{where} may not be written by user {os.getuid()}. In a container, run as the folder's owner: "
                    "--user $(id -u):$(id -g)"
                )
        return None

    @classmethod
    def of_memory(cls, error: BaseException) -> "MachineError | None":
        """Build the refusal of a machine whose memory is full, with what would need less; None for any other error.

        Libraries have errors of their own for it, which are told by name: nothing heavy is loaded to ask.
        """
        words = str(error).partition("\n")[0]
        full = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
        if not full and not (isinstance(error, RuntimeError) and "allocate memory" in words):
            return None
        return cls(
            f"out of memory: {words or type(error).__name__}. Nothing half-written was left. Needs less: a smaller "
            "machine.micro_batch, machine.recompute=true, a higher machine.zero_stage, machine.offload. harness plan "
            "RECIPE machine=... says what fits"
        )


class InvalidEvidence(HarnessError):
    """Refuse a file whose content is not what its record says."""

    exit_code = 40

    @classmethod
    def digest(cls, what: str, expected: str, found: str, remedy: str) -> "InvalidEvidence":
        """Build the refusal of a file by its digest: what it is, expected and found SHA-256, what to do."""
        return cls(f"{what}: expected sha256 {expected}, found {found}. {remedy}")
