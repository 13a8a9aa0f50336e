"""Hold a store's folder to what the store rests on: a format that this program knows, a disk that keeps its word.

```
store.json         {"format":1}: written by the first who works in the store; a higher number is a newer program's
```

Whoever only looks needs the format; whoever writes needs more. A lock must keep a second holder out and be freed when
its holder dies, a rename must put one file in another's place, a flush must be taken, and a link must be a link. Mounts
of object storage, some network mounts and FAT do not do all of these, and would lose work in silence: two processes
that both hold a lock, or a lock that outlives its holder. So each is tried once a process before anything is written.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from harness.errors import InvalidEvidence, MachineError
from harness.record import durable

NAME = "store.json"
FORMAT = 1


def demand_known(folder: Path) -> None:
    """Refuse a store of a newer program; one without a file that says its format is of the first.

    Raises:
        InvalidEvidence: the format is higher than this program's, or the file says none.
    """
    path = folder / NAME
    if not path.exists():
        return
    try:
        said = json.loads(path.read_bytes())["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidEvidence(f'{path} names no format; expected {{"format":{FORMAT}}}. Restore it: {error}') from error
    if not isinstance(said, int) or not 1 <= said <= FORMAT:
        raise InvalidEvidence(
            f"the store {folder} is of format {said}; this program knows formats up to {FORMAT}. A newer one wrote it: "
            "use that one, or another store (HARNESS_STORE). Nothing was read or overwritten."
        )


def demand_fit(folder: Path) -> None:
    """Try whether a store can be written in a folder, which is made where it is missing, and say its format there.

    Raises:
        MachineError: the folder is read-only, or its file system lacks what a store rests on.
        InvalidEvidence: as `demand_known`.
    """
    demand_known(folder)
    with _refusing(folder):
        durable.make_folder(folder)
        with TemporaryDirectory(prefix=".try-", dir=folder) as scratch:
            for what, trial in TRIALS.items():
                _tried(what, trial, Path(scratch))
            if not (folder / NAME).exists():
                said = json.dumps({"format": FORMAT}, separators=(",", ":")).encode() + b"\n"
                # In a folder of its own: threads, and containers on one disk, share a process number.
                durable.write_bytes(folder / NAME, said, Path(scratch) / NAME)


def _locks_keep_out(scratch: Path) -> bool:
    path = scratch / "lock"
    first, second = (os.open(path, os.O_RDWR | os.O_CREAT, 0o644) for _ in range(2))
    try:
        fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
    finally:
        os.close(first)
        os.close(second)


def _renames_replace(scratch: Path) -> bool:
    old, new = scratch / "old", scratch / "new"
    old.write_bytes(b"old")
    durable.write_bytes(old, b"new", new)
    return old.read_bytes() == b"new" and not new.exists()


def _links_lead(scratch: Path) -> bool:
    (scratch / "link").symlink_to(scratch / "lock")
    return (scratch / "link").is_symlink()


TRIALS: dict[str, Callable[[Path], bool]] = {
    "a lock keeps a second holder out": _locks_keep_out,
    "a flushed file takes another's place in one step": _renames_replace,
    "a symbolic link is one": _links_lead,
}


def _tried(what: str, trial: Callable[[Path], bool], scratch: Path) -> None:
    why = "it does not"
    try:
        if trial(scratch):
            return
    except OSError as error:
        if MachineError.of_disk(error) and not isinstance(error, PermissionError):
            raise
        why = str(error)
    raise MachineError(
        f"{scratch.parent} lies on a file system on which a store is not safe: expected that {what}, but {why}. Name a "
        "folder on a local disk, NFS 4, Lustre (mounted with flock) or another POSIX file system: HARNESS_STORE"
    )


@contextmanager
def _refusing(folder: Path) -> Iterator[None]:
    """Turn what the system says of a folder that cannot be written into a refusal that names it."""
    try:
        yield
    except OSError as error:
        said = MachineError.of_disk(error) or MachineError(f"{folder} cannot be written: {error}")
        raise said from error
