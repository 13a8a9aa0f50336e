"""Keep every attempt at every step, one line when it starts and one when it ends, so that no failure is forgotten.

```
attempts.jsonl     {"at": ..., "host": ..., "kind": ..., "number": 1, "outcome": "failed", "step": ..., "why": ...}
```

The file is only ever appended to, by any number of processes. A crash may tear its last line: every reader leaves that
line out and names it, and whoever appends next closes it and notes that it is torn. A line that is broken in any other
way, or written by a newer version, is refused by whoever reads it; `harness fsck` reads all of them.
"""

import json
import os
import re
import socket
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock
from pydantic import AwareDatetime, Field

from harness.errors import InvalidEvidence
from harness.record import durable, strict_json
from harness.schema.frozen import Frozen, canonical
from harness.schema.run import Kind

NAME = "attempts.jsonl"
VERSION = 1
TORN = b'{"torn":true}'
STEP = re.compile(rb'"step":"([0-9a-f]{64})"')
Outcome = Literal["started", "done", "failed", "stopped", "diverged"]


class Attempt(Frozen):
    """Hold one line: which step, which try of it counted from 1, what became of it and why, where, and its seconds."""

    version: Literal[1] = VERSION
    at: AwareDatetime
    step: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: Kind
    title: str
    number: int = Field(gt=0)
    outcome: Outcome
    why: str = ""
    seconds: float = Field(default=0.0, ge=0)
    host: str = Field(default_factory=socket.gethostname)
    process: int = Field(default_factory=os.getpid)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Hold what a ledger says: its lines, and the places of those that a crash has torn."""

    lines: tuple[Attempt, ...]
    torn: tuple[str, ...]

    def by_step(self) -> dict[str, list[Attempt]]:
        """Return the lines of each step, oldest first."""
        found: dict[str, list[Attempt]] = defaultdict(list)
        for line in self.lines:
            found[line.step].append(line)
        return dict(found)


def line(
    step: str, kind: Kind, title: str, number: int, outcome: Outcome, why: str = "", seconds: float = 0.0
) -> Attempt:
    """Write down what happens to a step now."""
    return Attempt(
        at=datetime.now(UTC),
        step=step,
        kind=kind,
        title=title,
        number=number,
        outcome=outcome,
        why=why,
        seconds=max(0.0, seconds),
    )


def append(path: Path, lines: Iterable[Attempt]) -> None:
    """Add lines, flushed to the disk before this returns.

    Raises:
        HarnessError: the disk refuses.
    """
    data = b"".join(canonical(one.plain()) + b"\n" for one in lines)
    durable.make_folder(path.parent)
    with FileLock(f"{path}.lock"), durable.refusing_to_append(path):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            whole = os.fstat(descriptor).st_size
            if whole and os.pread(descriptor, 1, whole - 1) != b"\n":
                data = b"\n" + TORN + b"\n" + data
            _write(descriptor, data, whole)
        finally:
            os.close(descriptor)


def _write(descriptor: int, data: bytes, whole: int) -> None:
    """Write all or nothing: what a full disk cut short is taken back."""
    try:
        waiting = memoryview(data)
        while waiting:
            waiting = waiting[os.write(descriptor, waiting) :]
        os.fsync(descriptor)
    except OSError:
        os.ftruncate(descriptor, whole)
        raise


def read(path: Path, steps: Collection[str] | None = None) -> Attempts:
    """Read a ledger, or only the lines of some steps; one that is not there yet is empty.

    Lines of other steps are passed over unread, so that a grid is found quickly in the ledger of a large store; torn
    ones are named whoever's they were.

    Raises:
        InvalidEvidence: a line that no crash has torn cannot be read, or a newer version wrote it.
    """
    if not path.exists():
        return Attempts((), ())
    found, torn = [], []
    with path.open("rb") as file:
        for number, (text, following) in enumerate(pairwise(chain(file, [b""])), start=1):
            if text == TORN + b"\n":
                continue
            if not text.endswith(b"\n") or following == TORN + b"\n":
                torn.append(f"{path}, line {number:,}")
                continue
            if _is_of_others(text, steps):
                continue
            where = f"{path}, line {number:,}"
            _demand_known_version(text, where)
            found.append(strict_json.parse(Attempt, text.removesuffix(b"\n"), where))
    return Attempts(tuple(found), tuple(torn))


def _is_of_others(text: bytes, steps: Collection[str] | None) -> bool:
    if steps is None:
        return False
    named = STEP.search(text)
    return named is not None and named[1].decode() not in steps


def _demand_known_version(text: bytes, where: str) -> None:
    try:
        said: Any = json.loads(text)
    except ValueError as error:
        raise InvalidEvidence(f"{where} cannot be read: {error}. It was edited; nothing was overwritten.") from error
    version = said.get("version") if isinstance(said, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise InvalidEvidence(
            f"{where} is of version {version}; this program reads up to {VERSION}. Use the newer one; nothing was "
            "overwritten."
        )
